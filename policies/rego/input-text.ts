import { Failure, failure } from '../values/failure.ts';
import { MapValue } from '../values/map.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { durationText, timestampText } from '../values/time-text.ts';
import { Optional, Uint, type Value } from '../values/value.ts';
import type { InputPath } from './compiler/input-paths.ts';

/** Deeper values are not written: JavaScript's stack is not endless. */
const MAX_DEPTH = 100;
const TOO_DEEP = failure('input: a value is nested too deeply');

/** What of a value is written: all of it, or what is below some of its keys. */
export type Selection = 'all' | ReadonlyMap<string, Selection>;

/** What the paths together read. */
export function selectionOf(paths: readonly InputPath[]): Selection {
  if (paths.some((path) => path.length === 0)) return 'all';
  const below = Map.groupBy(paths, ([first]) => first!);
  return new Map([...below].map(([name, those]) => [name, selectionOf(those.map(([, ...rest]) => rest))]));
}

/** What is below a key. */
export function below(selection: Selection, name: string): Selection | undefined {
  return selection === 'all' ? 'all' : selection.get(name);
}

/**
 * JSON of what is selected: whole numbers as they are, bytes as base64, times in RFC 3339. What is absent has no key. A
 * value that cannot be told (a header that was sent twice) is a failure when it is read.
 */
export function inputText(value: Value, selection: Selection, depth = 0): string | Failure {
  if (selection !== 'all')
    return value instanceof MapValue ? partText(value, selection, depth) : inputText(value, 'all');
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.toWellFormed());
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
    case 'object':
      return value === null ? 'null' : objectText(value, depth);
    default:
      return String(value);
  }
}

function partText(map: MapValue, selection: ReadonlyMap<string, Selection>, depth: number): string | Failure {
  const entries: string[] = [];
  for (const [name, rest] of selection) {
    const entry = entryText(name, map.get(name), rest, depth);
    if (entry instanceof Failure) return entry;
    if (entry !== '') entries.push(entry);
  }
  return `{${entries.join(',')}}`;
}

function entryText(
  name: string,
  value: Value | Failure | undefined,
  selection: Selection,
  depth: number,
): string | Failure {
  if (value === undefined) return '';
  const text = value instanceof Failure ? value : inputText(value, selection, depth + 1);
  return text instanceof Failure ? text : `${JSON.stringify(name.toWellFormed())}:${text}`;
}

function objectText(value: Value & object, depth: number): string | Failure {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return `"${timestampText(value)}"`;
  if (value instanceof Duration) return `"${durationText(value)}"`;
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (value instanceof Optional) return value.value === undefined ? 'null' : inputText(value.value, 'all', depth);
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (value instanceof MapValue) return mapText(value, depth);
  return Array.isArray(value) ? listText(value, depth) : 'null';
}

function mapText(map: MapValue, depth: number): string | Failure {
  const entries: string[] = [];
  for (const key of map.keys()) {
    const name = key instanceof Uint ? String(key.value) : String(key);
    const entry = entryText(name, map.get(key), 'all', depth);
    if (entry instanceof Failure) return entry;
    if (entry !== '') entries.push(entry);
  }
  return `{${entries.join(',')}}`;
}

function listText(list: readonly Value[], depth: number): string | Failure {
  const items: string[] = [];
  for (const item of list) {
    const text = inputText(item, 'all', depth + 1);
    if (text instanceof Failure) return text;
    items.push(text);
  }
  return `[${items.join(',')}]`;
}

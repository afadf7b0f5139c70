import { OVER_BUDGET, spendText } from '../../../values/budget.ts';
import { compareText } from '../../../values/compare.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { MapValue } from '../../../values/map.ts';
import { Duration, Timestamp } from '../../../values/time.ts';
import { durationText, timestampText } from '../../../values/time-text.ts';
import { type ListValue, TypeValue, Uint, type Value } from '../../../values/value.ts';
import type { Caller } from '../overload.ts';
import { plainText } from './decimal.ts';

/** Deeper values are not written: JavaScript's stack is not endless. */
const MAX_DEPTH = 100;

/** Units of the budget that each value takes, beside its text. */
const COST = 12;

const TOO_DEEP = failure('the value is nested too deeply to be formatted');
const NO_TEXT = failure('%s cannot format a value of this type');

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What `%s` gives: texts as they are, also inside lists and maps; the entries of maps in the order of their keys. */
export function shownText(value: Value, caller: Caller, depth = 0): string | Failure {
  if (!caller.spend(COST)) return OVER_BUDGET;
  switch (typeof value) {
    case 'string':
      return spendText(value.length, caller) ? value : OVER_BUDGET;
    case 'number':
      return plainText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : objectText(value, caller, depth);
  }
}

function objectText(value: Value & object, caller: Caller, depth: number): string | Failure {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return spendText(value.length, caller) ? decoder.decode(value) : OVER_BUDGET;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (value instanceof MapValue) return mapText(value, caller, depth + 1);
  return Array.isArray(value) ? listText(value, caller, depth + 1) : NO_TEXT;
}

function listText(list: ListValue, caller: Caller, depth: number): string | Failure {
  const texts: string[] = [];
  for (const item of list) {
    const text = shownText(item, caller, depth);
    if (text instanceof Failure) return text;
    texts.push(text);
  }
  return `[${texts.join(', ')}]`;
}

function mapText(map: MapValue, caller: Caller, depth: number): string | Failure {
  const entries: (readonly [key: string, value: string])[] = [];
  for (const key of map.keys()) {
    const name = shownText(key, caller, depth);
    if (name instanceof Failure) return name;
    const value = map.get(key) ?? null;
    const text = value instanceof Failure ? value : shownText(value, caller, depth);
    if (text instanceof Failure) return text;
    entries.push([name, text]);
  }
  if (!caller.spend(entries.length * Math.ceil(Math.log2(1 + entries.length)) * COST)) return OVER_BUDGET;
  entries.sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([name, text]) => `${name}: ${text}`).join(', ')}}`;
}

import { OVER_BUDGET, spendCharacters, spendText } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { MapValue } from '../../../values/map.ts';
import { Duration, Timestamp } from '../../../values/time.ts';
import { durationText, timestampText } from '../../../values/time-text.ts';
import { type ListValue, TypeValue, Uint, type Value } from '../../../values/value.ts';
import type { Caller } from '../overload.ts';

/** Deeper values are not written: JavaScript's stack is not endless. */
const MAX_DEPTH = 100;

/** Units of the budget that each value takes, beside its text. */
const COST = 12;

const TOO_DEEP = failure('json.marshal: the value is nested too deeply');
const NO_JSON = failure('json.marshal: the value has no JSON form');

/**
 * The JSON form of protobuf: integers beyond 2^53 are strings, bytes are base64, times are RFC 3339, and doubles that
 * are no numbers are their names.
 */
export function jsonText(value: Value, caller: Caller): string | Failure {
  return textOf(value, caller, 0);
}

function textOf(value: Value, caller: Caller, depth: number): string | Failure {
  if (!caller.spend(COST)) return OVER_BUDGET;
  switch (typeof value) {
    case 'string':
      return quoted(value, caller);
    case 'bigint':
      return integerText(value);
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : objectText(value, caller, depth);
  }
}

/** A character takes six at most. */
function quoted(text: string, caller: Caller): string | Failure {
  return spendCharacters(text.length, caller) ? JSON.stringify(text) : OVER_BUDGET;
}

function integerText(value: bigint): string {
  return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
}

function objectText(value: Value & object, caller: Caller, depth: number): string | Failure {
  if (value instanceof Uint) return integerText(value.value);
  if (value instanceof Timestamp) return `"${timestampText(value)}"`;
  if (value instanceof Duration) return `"${durationText(value)}"`;
  if (value instanceof TypeValue) return `"${value.name}"`;
  if (value instanceof Uint8Array) return bytesText(value, caller);
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (value instanceof MapValue) return mapText(value, caller, depth + 1);
  return Array.isArray(value) ? listText(value, caller, depth + 1) : NO_JSON;
}

function bytesText(bytes: Uint8Array, caller: Caller): string | Failure {
  return spendText(bytes.length, caller) ? `"${Buffer.from(bytes).toString('base64')}"` : OVER_BUDGET;
}

function listText(list: ListValue, caller: Caller, depth: number): string | Failure {
  const texts: string[] = [];
  for (const item of list) {
    const text = textOf(item, caller, depth);
    if (text instanceof Failure) return text;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

function mapText(map: MapValue, caller: Caller, depth: number): string | Failure {
  const texts: string[] = [];
  if (!caller.spend(map.size * COST)) return OVER_BUDGET;
  for (const key of map.keys()) {
    const name = quoted(key instanceof Uint ? String(key.value) : String(key), caller);
    const value = map.get(key) ?? null;
    const text = value instanceof Failure ? value : textOf(value, caller, depth);
    if (name instanceof Failure) return name;
    if (text instanceof Failure) return text;
    texts.push(`${name}:${text}`);
  }
  return `{${texts.join(',')}}`;
}

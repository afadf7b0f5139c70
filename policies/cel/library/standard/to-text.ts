import { isUtf8 } from 'node:buffer';
import { OVER_BUDGET, spendText } from '../../../values/budget.ts';
import { doubleText } from '../../../values/double-text.ts';
import { failure } from '../../../values/failure.ts';
import { durationText, timestampText } from '../../../values/time-text.ts';
import type { Result, Uint } from '../../../values/value.ts';
import { BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

/** Units that the text of a number takes, and that of a time. */
const NUMBER_COST = 40;
const TIME_COST = 150;

const NO_TEXT = failure('the bytes are not valid UTF-8');

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function made<V>(cost: number, make: (value: V) => string): Run {
  return { arity: 1, fn: (value: V, caller: Caller) => (caller.spend(cost) ? make(value) : OVER_BUDGET) } as Run;
}

function bytesToText(bytes: Uint8Array, caller: Caller): Result {
  if (!spendText(bytes.length, caller)) return OVER_BUDGET;
  return isUtf8(bytes) ? decoder.decode(bytes) : NO_TEXT;
}

function textToBytes(text: string, caller: Caller): Result {
  return spendText(text.length, caller) ? encoder.encode(text) : OVER_BUDGET;
}

export const TO_TEXT: readonly Overload[] = [
  fn('string_to_string', 'string', [STRING], STRING, { arity: 1, fn: (text: string) => text }),
  fn('bool_to_string', 'string', [BOOL], STRING, { arity: 1, fn: (value: boolean) => String(value) }),
  fn(
    'int64_to_string',
    'string',
    [INT],
    STRING,
    made(NUMBER_COST, (value: bigint) => String(value)),
  ),
  fn(
    'uint64_to_string',
    'string',
    [UINT],
    STRING,
    made(NUMBER_COST, ({ value }: Uint) => String(value)),
  ),
  fn('double_to_string', 'string', [DOUBLE], STRING, made(NUMBER_COST, doubleText)),
  fn('bytes_to_string', 'string', [BYTES], STRING, { arity: 1, fn: bytesToText }),
  fn('timestamp_to_string', 'string', [TIMESTAMP], STRING, made(TIME_COST, timestampText)),
  fn('duration_to_string', 'string', [DURATION], STRING, made(TIME_COST, durationText)),
  fn('bytes_to_bytes', 'bytes', [BYTES], BYTES, { arity: 1, fn: (bytes: Uint8Array) => bytes }),
  fn('string_to_bytes', 'bytes', [STRING], BYTES, { arity: 1, fn: textToBytes }),
];

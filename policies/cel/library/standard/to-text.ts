import { isUtf8 } from 'node:buffer';
import { OVER_BUDGET, spendText } from '../../../values/budget.ts';
import { doubleText } from '../../../values/double-text.ts';
import { failure } from '../../../values/failure.ts';
import type { Duration, Timestamp } from '../../../values/time.ts';
import { durationText, timestampText } from '../../../values/time-text.ts';
import type { Result, Uint } from '../../../values/value.ts';
import { BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const NO_TEXT = failure('the bytes are not valid UTF-8');

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

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
  fn('int64_to_string', 'string', [INT], STRING, { arity: 1, fn: (value: bigint) => String(value) }),
  fn('uint64_to_string', 'string', [UINT], STRING, { arity: 1, fn: ({ value }: Uint) => String(value) }),
  fn('double_to_string', 'string', [DOUBLE], STRING, { arity: 1, fn: doubleText }),
  fn('bytes_to_string', 'string', [BYTES], STRING, { arity: 1, fn: bytesToText }),
  fn('timestamp_to_string', 'string', [TIMESTAMP], STRING, { arity: 1, fn: (time: Timestamp) => timestampText(time) }),
  fn('duration_to_string', 'string', [DURATION], STRING, { arity: 1, fn: (span: Duration) => durationText(span) }),
  fn('bytes_to_bytes', 'bytes', [BYTES], BYTES, { arity: 1, fn: (bytes: Uint8Array) => bytes }),
  fn('string_to_bytes', 'bytes', [STRING], BYTES, { arity: 1, fn: textToBytes }),
];

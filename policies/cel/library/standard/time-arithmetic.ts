import type { Duration, Timestamp } from '../../../values/time.ts';
import { durationOf, nanosOf, timestampOf } from '../../../values/time-arithmetic.ts';
import type { Result } from '../../../values/value.ts';
import { DURATION, TIMESTAMP } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Overload } from '../overload.ts';

function later(time: Timestamp, span: Duration): Result {
  return timestampOf(time.seconds + span.seconds, time.nanos + span.nanos);
}

function earlier(time: Timestamp, span: Duration): Result {
  return timestampOf(time.seconds - span.seconds, time.nanos - span.nanos);
}

function between(a: Timestamp, b: Timestamp): Result {
  return durationOf(BigInt(a.seconds - b.seconds) * 1_000_000_000n + BigInt(a.nanos - b.nanos));
}

function sum(a: Duration, b: Duration): Result {
  return durationOf(nanosOf(a) + nanosOf(b));
}

function difference(a: Duration, b: Duration): Result {
  return durationOf(nanosOf(a) - nanosOf(b));
}

export const TIME_ARITHMETIC: readonly Overload[] = [
  fn('add_timestamp_duration', '_+_', [TIMESTAMP, DURATION], TIMESTAMP, { arity: 2, fn: later }),
  fn('add_duration_timestamp', '_+_', [DURATION, TIMESTAMP], TIMESTAMP, {
    arity: 2,
    fn: (span: Duration, time: Timestamp) => later(time, span),
  }),
  fn('add_duration_duration', '_+_', [DURATION, DURATION], DURATION, { arity: 2, fn: sum }),
  fn('subtract_timestamp_timestamp', '_-_', [TIMESTAMP, TIMESTAMP], DURATION, { arity: 2, fn: between }),
  fn('subtract_timestamp_duration', '_-_', [TIMESTAMP, DURATION], TIMESTAMP, { arity: 2, fn: earlier }),
  fn('subtract_duration_duration', '_-_', [DURATION, DURATION], DURATION, { arity: 2, fn: difference }),
];

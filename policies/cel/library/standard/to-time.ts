import { OVER_BUDGET } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { type Duration, FIRST_SECOND, LAST_SECOND, type Timestamp } from '../../../values/time.ts';
import { durationOf, timestampOf } from '../../../values/time-arithmetic.ts';
import { readTimestamp } from '../../../values/time-text.ts';
import type { Result, Value } from '../../../values/value.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';
import { parseDuration } from './duration-text.ts';

const NO_TIMESTAMP = failure('not a timestamp of RFC 3339, such as "2026-01-31T12:00:00Z", from year 1 to 9999');

/** Units that reading a text takes. */
const COST = 300;

function textToTimestamp(text: string): Timestamp | Failure {
  return readTimestamp(text) ?? NO_TIMESTAMP;
}

function intToTimestamp(seconds: bigint): Result {
  return seconds < FIRST_SECOND || seconds > LAST_SECOND ? NO_TIMESTAMP : timestampOf(Number(seconds), 0);
}

/** A text that is known ahead is refused when it can never be read. */
function reader(read: (text: string) => Value | Failure): Pick<Overload, 'run' | 'prepare'> {
  const run: Run = { arity: 1, fn: (text: string, caller: Caller) => (caller.spend(COST) ? read(text) : OVER_BUDGET) };
  const prepare = ([text]: readonly (Value | undefined)[]): Run | Failure => {
    const known = typeof text === 'string' ? read(text) : null;
    return known instanceof Failure ? known : run;
  };
  return { run, prepare };
}

const TIMESTAMPS = reader(textToTimestamp);
const DURATIONS = reader(parseDuration);

export const TO_TIME: readonly Overload[] = [
  fn('timestamp_to_timestamp', 'timestamp', [TIMESTAMP], TIMESTAMP, { arity: 1, fn: (time: Timestamp) => time }),
  fn('int64_to_timestamp', 'timestamp', [INT], TIMESTAMP, { arity: 1, fn: intToTimestamp }),
  fn('string_to_timestamp', 'timestamp', [STRING], TIMESTAMP, TIMESTAMPS.run, TIMESTAMPS),
  fn('duration_to_duration', 'duration', [DURATION], DURATION, { arity: 1, fn: (span: Duration) => span }),
  fn('int64_to_duration', 'duration', [INT], DURATION, { arity: 1, fn: (nanos: bigint) => durationOf(nanos) }),
  fn('string_to_duration', 'duration', [STRING], DURATION, DURATIONS.run, DURATIONS),
];

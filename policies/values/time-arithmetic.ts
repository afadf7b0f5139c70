import { type Failure, failure } from './failure.ts';
import { Duration, FIRST_SECOND, LAST_SECOND, NANOS, Timestamp } from './time.ts';

const NO_TIMESTAMP = failure('timestamp out of range');
const NO_DURATION = failure('duration out of range');

const BILLION = BigInt(NANOS);

/** @param nanos whole, from -999 999 999 to 1 999 999 998 */
export function timestampOf(seconds: number, nanos: number): Timestamp | Failure {
  const carry = nanos < 0 ? -1 : nanos >= NANOS ? 1 : 0;
  const whole = seconds + carry;
  if (whole < FIRST_SECOND || whole > LAST_SECOND) return NO_TIMESTAMP;
  return new Timestamp(whole, nanos - carry * NANOS);
}

export function nanosOf({ seconds, nanos }: Duration): bigint {
  return BigInt(seconds) * BILLION + BigInt(nanos);
}

export function durationOf(nanos: bigint): Duration | Failure {
  if (BigInt.asIntN(64, nanos) !== nanos) return NO_DURATION;
  return new Duration(Number(nanos / BILLION), Number(nanos % BILLION));
}

import type { Failure } from '../../../values/failure.ts';
import { failure } from '../../../values/failure.ts';
import type { Duration } from '../../../values/time.ts';
import { durationOf } from '../../../values/time-arithmetic.ts';

const NANOS_OF: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** More digits of a fraction are of no weight. */
const FRACTION_DIGITS = 18;
/** Nobody writes a longer one. */
const LONGEST = 200;

const NO_DURATION = failure('not a duration: expected one such as "1h30m", "1.5s" or "-250ms"');

/** Numbers with their units, `-1h30m`, `1.5s`; also a plain `0`. */
export function parseDuration(text: string): Duration | Failure {
  if (text.length > LONGEST) return NO_DURATION;
  const [, sign, parts = ''] = /^([+-]?)(.+)$/.exec(text) ?? [];
  const nanos = parts === '0' ? 0n : sumOf(parts);
  if (nanos === null) return NO_DURATION;
  return durationOf(sign === '-' ? -nanos : nanos);
}

/** `null`: there is something else in the text. */
function sumOf(parts: string): bigint | null {
  const part = /(\d*)(?:\.(\d*))?([a-z\u00b5\u03bc]+)/y;
  let sum = 0n;
  while (part.lastIndex < parts.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(parts) ?? [];
    const nanos = NANOS_OF.get(unit);
    if (nanos === undefined || whole + fraction === '') return null;
    sum += BigInt(whole) * nanos + ofFraction(fraction.slice(0, FRACTION_DIGITS), nanos);
  }
  return parts === '' ? null : sum;
}

function ofFraction(digits: string, nanos: bigint): bigint {
  return (BigInt(digits) * nanos) / 10n ** BigInt(digits.length);
}

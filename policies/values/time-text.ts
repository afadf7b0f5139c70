import { Duration, FIRST_SECOND, LAST_SECOND, NANOS, Timestamp } from './time.ts';

/** What 64-bit nanoseconds can hold. */
const LONGEST_NANOS = 2n ** 63n - 1n;

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** RFC 3339 with up to 9 fraction digits; `null` for anything else, and for what is out of range. */
export function readTimestamp(text: string): Timestamp | null {
  const [, date, time, fraction = '', sign, hours, minutes] = RFC_3339.exec(text) ?? [];
  const utc = `${date}T${time}.000Z`;
  const ms = Date.parse(utc);
  // Date.parse takes February 30 for March 1 or 2.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== utc) return null;
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60;
  const seconds = ms / 1000 - (sign === '-' ? -offset : offset);
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return null;
  return new Timestamp(seconds, Number(fraction.padEnd(9, '0')));
}

/** In UTC, with as many fraction digits as there are. */
export function timestampText({ seconds, nanos }: Timestamp): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fractionText(nanos)}Z`;
}

/** Seconds and an `s`: `-1.5s`; `null` for anything else, and for what is out of range. */
export function readDuration(text: string): Duration | null {
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const nanos = Number(fraction.padEnd(9, '0'));
  if (BigInt(whole) * BigInt(NANOS) + BigInt(nanos) > LONGEST_NANOS) return null;
  return sign === '-' ? new Duration(0 - Number(whole), 0 - nanos) : new Duration(Number(whole), nanos);
}

/** Seconds: `-1.5s`. */
export function durationText({ seconds, nanos }: Duration): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fractionText(Math.abs(nanos))}s`;
}

function fractionText(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

/** Milliseconds of the units of `grpc-timeout`. */
const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** At most eight digits, by the specification. */
const MOST_DIGITS = 8;

/** Whole milliseconds of a `grpc-timeout`, rounded up and at least one; `null` when it is malformed. */
export function parseTimeout(value: string): number | null {
  const digits = value.length - 1;
  const unit = UNITS[value.charAt(digits)];
  if (unit === undefined || digits < 1 || digits > MOST_DIGITS) return null;
  let amount = 0;
  for (let i = 0; i < digits; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    amount = amount * 10 + digit;
  }
  return Math.max(1, Math.ceil(amount * unit));
}

/** A `grpc-timeout` of so many milliseconds; it holds at most 99,999,999 of a unit. */
export function formatTimeout(milliseconds: number): string {
  const whole = Math.max(1, Math.floor(milliseconds));
  return whole < 100_000_000 ? `${whole}m` : `${Math.min(Math.floor(whole / 1000), 99_999_999)}S`;
}

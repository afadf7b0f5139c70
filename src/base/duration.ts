/** A duration as Octelium writes it: exactly one unit with a whole number. */
export type DurationObject = Partial<Record<DurationUnit, number>>;
export type DurationUnit = 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months';

const MILLISECONDS: Record<DurationUnit, number> = {
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 7 * 86_400_000,
  months: 30 * 86_400_000,
};

const SUFFIXES: Record<string, DurationUnit> = {
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
};

/** Milliseconds of `{seconds: 5}`, `5s`, `30d`; `null` when it is neither. */
export function durationMs(value: string | DurationObject): number | null {
  return typeof value === 'string' ? parseText(value) : parseObject(value);
}

function parseText(text: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d|w)$/.exec(text);
  if (match === null) return null;
  const unit = SUFFIXES[match[2]!];
  return unit === undefined ? null : Number(match[1]) * MILLISECONDS[unit];
}

function parseObject(value: DurationObject): number | null {
  const entries = Object.entries(value);
  if (entries.length !== 1) return null;
  const [unit, count] = entries[0] as [DurationUnit, number];
  return MILLISECONDS[unit] === undefined || !Number.isSafeInteger(count) || count < 0
    ? null
    : count * MILLISECONDS[unit];
}

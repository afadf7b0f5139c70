import { type BuiltinError, isList, type RegoValue } from '../value.ts';
import { define, fail } from './builtin.ts';
import { DAYS } from './layout.ts';
import { type Moment, NANOS, nanosecondsOf, withMoments } from './moment.ts';
import { formatMoment } from './time-format.ts';
import { parseTime } from './time-parse.ts';
import type { Work } from './work.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
  d: 86_400n * NANOS,
  w: 604_800n * NANOS,
  y: 31_536_000n * NANOS,
};

/** Of the text of a duration. */
const LONGEST = 200;

export const TIMES = [
  define('time.now_ns', [], (_, { time }) => BigInt(Math.floor(time)) * 1_000_000n),
  define('time.parse_ns', ['string', 'string'], ([layout, text], { work }) => {
    chargeLayout(layout, work);
    return parseTime(layout, text);
  }),
  define('time.parse_rfc3339_ns', ['string'], ([text]) => {
    return RFC_3339.test(text) ? parseTime('RFC3339', text) : fail(`"${text}" is not a time of RFC 3339`);
  }),
  define('time.parse_duration_ns', ['string'], ([text], { work }) => {
    work.charge(text.length);
    return parseDuration(text);
  }),
  define('time.date', ['any'], ([value], { work }) => withMoments([value], work, (moment) => dateOf(moment!))),
  define('time.clock', ['any'], ([value], { work }) => withMoments([value], work, (moment) => clockOf(moment!))),
  define('time.weekday', ['any'], ([value], { work }) =>
    withMoments([value], work, (moment) => DAYS[moment!.local.getUTCDay()]!),
  ),
  define('time.add_date', ['integer', 'integer', 'integer', 'integer'], ([ns, years, months, days], { work }) =>
    withMoments([ns], work, (moment) => addDate(moment!, Number(years), Number(months), Number(days))),
  ),
  define('time.diff', ['any', 'any'], ([a, b], { work }) =>
    withMoments([a, b], work, (first, second) => difference(first!, second!)),
  ),
  define('time.format', ['any'], ([value], { work }) => {
    const [ns = null, zone = '', layout = 'RFC3339Nano'] = isList(value) ? value : [value];
    if (typeof layout !== 'string') return fail('a layout must be a string');
    chargeLayout(layout, work);
    return withMoments([[ns, zone]], work, (moment) => formatMoment(moment!, layout));
  }),
];

/** What a field of a layout takes; one may have as few as one character. */
const FIELD = 40;

function chargeLayout(layout: string, work: Work): void {
  work.charge(layout.length * FIELD);
}

function parseDuration(text: string): bigint | BuiltinError {
  if (text.length > LONGEST) return fail('the duration is too long');
  const [, sign = '', amounts] = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w|y))+|0)$/.exec(text) ?? [];
  if (amounts === undefined) return fail(`"${text}" is not a duration`);
  let sum = 0n;
  for (const [, whole = '', fraction = '', unit] of amounts.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/g)) {
    const digits = fraction.slice(0, 18);
    sum += (BigInt(`${whole}${digits}`) * UNITS[unit!]!) / 10n ** BigInt(digits.length);
  }
  const ns = sign === '-' ? -sum : sum;
  return BigInt.asIntN(64, ns) === ns ? ns : fail('the duration is too long');
}

function dateOf({ local }: Moment): readonly number[] {
  return [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
}

function clockOf({ local }: Moment): readonly number[] {
  return [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
}

/** What a month does not have goes over into the next one. */
function addDate({ local, nanos }: Moment, years: number, months: number, days: number): RegoValue | BuiltinError {
  const date = new Date(local);
  date.setUTCFullYear(local.getUTCFullYear() + years, local.getUTCMonth() + months, local.getUTCDate() + days);
  const seconds = date.getTime() / 1000;
  return Number.isNaN(seconds) ? fail('the time is too far away') : nanosecondsOf(seconds, nanos);
}

/** Years, months, days, hours, minutes and seconds between two moments, on the clocks of the first one's zone. */
function difference(a: Moment, b: Moment): readonly number[] {
  const other = { ...b, local: new Date(b.local.getTime() + (a.offset - b.offset) * 1000) };
  const [from, to] = isBefore(a, other) ? [a, other] : [other, a];
  const [start, end] = [from, to].map((moment) => [...dateOf(moment), ...clockOf(moment)]);
  const parts = end!.map((part, i) => part - start![i]!);
  const days = daysIn(start![0]!, start![1]!);
  for (const [i, size] of [
    [5, 60],
    [4, 60],
    [3, 24],
    [2, days],
    [1, 12],
  ] as const) {
    if (parts[i]! >= 0) continue;
    parts[i]! += size;
    parts[i - 1]! -= 1;
  }
  return parts;
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds === b.seconds ? a.nanos < b.nanos : a.seconds < b.seconds;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

import type { BuiltinError } from '../value.ts';
import { fail } from './builtin.ts';
import { MONTHS, partsOf } from './layout.ts';
import { nanosecondsOf } from './moment.ts';

/** What has been read so far. */
interface Reading {
  year: number;
  month: number;
  day: number;
  /** 0: none was given. */
  dayOfYear: number;
  hour: number;
  half: 'am' | 'pm' | null;
  minute: number;
  second: number;
  nanos: number;
  offset: number;
}

interface Field {
  /** Sticky. */
  readonly pattern: RegExp;
  readonly set: (reading: Reading, text: string) => void;
}

const TWO = /\d\d/y;
const ONE_OR_TWO = /\d\d?/y;

function number(pattern: RegExp, key: 'year' | 'month' | 'day' | 'dayOfYear' | 'hour' | 'minute' | 'second'): Field {
  return {
    pattern,
    set: (reading, text) => {
      reading[key] = Number(text);
    },
  };
}

const NOTED_ONLY = { set: () => {} };
const LONG_MONTH = new RegExp(MONTHS.join('|'), 'iy');
const SHORT_MONTH = new RegExp(MONTHS.map((name) => name.slice(0, 3)).join('|'), 'iy');

const FIELDS: Readonly<Record<string, Field>> = {
  '2006': number(/\d{4}/y, 'year'),
  '06': { pattern: TWO, set: (reading, text) => setYear(reading, Number(text)) },
  January: { pattern: LONG_MONTH, set: setMonth },
  Jan: { pattern: SHORT_MONTH, set: setMonth },
  '01': number(TWO, 'month'),
  '1': number(ONE_OR_TWO, 'month'),
  Monday: { pattern: /(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day/iy, ...NOTED_ONLY },
  Mon: { pattern: /Sun|Mon|Tue|Wed|Thu|Fri|Sat/iy, ...NOTED_ONLY },
  '02': number(TWO, 'day'),
  _2: number(/ ?\d\d?/y, 'day'),
  '2': number(ONE_OR_TWO, 'day'),
  '002': number(/\d{3}/y, 'dayOfYear'),
  __2: number(/ {0,2}\d{1,3}/y, 'dayOfYear'),
  '15': number(TWO, 'hour'),
  '03': number(TWO, 'hour'),
  '3': number(ONE_OR_TWO, 'hour'),
  '04': number(TWO, 'minute'),
  '4': number(ONE_OR_TWO, 'minute'),
  '05': { pattern: /\d\d(?:[.,]\d+)?/y, set: setSecond },
  '5': { pattern: /\d\d?(?:[.,]\d+)?/y, set: setSecond },
  PM: { pattern: /[AP]M/y, set: setHalf },
  pm: { pattern: /[ap]m/y, set: setHalf },
  // a name says no offset to whoever does not know the place
  MST: { pattern: /[A-Z]{3,5}/y, ...NOTED_ONLY },
};

function setYear(reading: Reading, year: number): void {
  reading.year = year >= 69 ? 1900 + year : 2000 + year;
}

function setMonth(reading: Reading, text: string): void {
  reading.month = MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase()) + 1;
}

function setHalf(reading: Reading, text: string): void {
  reading.half = text.toLowerCase() === 'am' ? 'am' : 'pm';
}

function setSecond(reading: Reading, text: string): void {
  const [whole, fraction = ''] = text.split(/[.,]/);
  reading.second = Number(whole);
  reading.nanos = Number(fraction.slice(0, 9).padEnd(9, '0'));
}

function setOffset(reading: Reading, text: string): void {
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
  const offset = hours * 3600 + minutes * 60 + seconds;
  reading.offset = text[0] === '-' ? -offset : offset;
}

function fieldOf(name: string): Field {
  // the fraction is read with the seconds before it
  if (name[0] === '.' || name[0] === ',') return { pattern: /(?:)/y, ...NOTED_ONLY };
  const known = FIELDS[name];
  if (known !== undefined) return known;
  const separator = name.includes(':') ? ':' : '';
  const count = name.replaceAll(/\D/g, '').length / 2;
  const offset = `[+-]${Array(count).fill('\\d\\d').join(separator)}`;
  return { pattern: new RegExp(name[0] === 'Z' ? `Z|${offset}` : offset, 'y'), set: setOffset };
}

/** Nanoseconds since 1970 of a text in a layout of Go's package time. */
export function parseTime(layout: string, text: string): bigint | BuiltinError {
  const reading: Reading = {
    year: 0,
    month: 1,
    day: 1,
    dayOfYear: 0,
    hour: 0,
    half: null,
    minute: 0,
    second: 0,
    nanos: 0,
    offset: 0,
  };
  let at = 0;
  for (const part of partsOf(layout)) {
    const end = part.kind === 'text' ? literal(text, at, part.text) : take(text, at, fieldOf(part.text), reading);
    if (end < 0) return fail(`"${text}" does not have the form "${layout}"`);
    at = end;
  }
  return at === text.length ? momentOf(reading) : fail(`there is more than "${layout}" in "${text}"`);
}

function literal(text: string, at: number, wanted: string): number {
  return text.startsWith(wanted, at) ? at + wanted.length : -1;
}

function take(text: string, at: number, { pattern, set }: Field, reading: Reading): number {
  pattern.lastIndex = at;
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) return -1;
  set(reading, found);
  return at + found.length;
}

function momentOf(reading: Reading): bigint | BuiltinError {
  const hour = reading.half === null ? reading.hour : (reading.hour % 12) + (reading.half === 'pm' ? 12 : 0);
  if (hour > 23 || reading.minute > 59 || reading.second > 59) return fail('a part of the time is out of range');
  const day = dateOf(reading);
  if (day === null) return fail('the day is out of range');
  const seconds = day.getTime() / 1000 + hour * 3600 + reading.minute * 60 + reading.second - reading.offset;
  return nanosecondsOf(seconds, reading.nanos);
}

/** `null` for a day that the calendar does not have. */
function dateOf({ year, month, day, dayOfYear }: Reading): Date | null {
  const date = new Date(0);
  if (dayOfYear > 0) date.setUTCFullYear(year, 0, dayOfYear);
  else date.setUTCFullYear(year, month - 1, day);
  const isThere = date.getUTCFullYear() === year && (dayOfYear > 0 || date.getUTCMonth() === month - 1);
  return isThere ? date : null;
}

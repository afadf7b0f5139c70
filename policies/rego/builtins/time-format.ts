import { Lru } from '../../../src/base/lru.ts';
import { DAYS, MONTHS, partsOf } from './layout.ts';
import type { Moment } from './moment.ts';

/** A moment in a layout of Go's package time. */
export function formatMoment(moment: Moment, layout: string): string {
  return partsOf(layout)
    .map(({ kind, text }) => (kind === 'text' ? text : fieldText(text, moment)))
    .join('');
}

type Form = (moment: Moment) => string;

const FIELDS: Readonly<Record<string, Form>> = {
  '2006': ({ local }) => String(local.getUTCFullYear()).padStart(4, '0'),
  '06': ({ local }) => digits(local.getUTCFullYear() % 100, 2),
  January: ({ local }) => MONTHS[local.getUTCMonth()]!,
  Jan: ({ local }) => MONTHS[local.getUTCMonth()]!.slice(0, 3),
  '01': ({ local }) => digits(local.getUTCMonth() + 1, 2),
  '1': ({ local }) => String(local.getUTCMonth() + 1),
  Monday: ({ local }) => DAYS[local.getUTCDay()]!,
  Mon: ({ local }) => DAYS[local.getUTCDay()]!.slice(0, 3),
  '02': ({ local }) => digits(local.getUTCDate(), 2),
  _2: ({ local }) => String(local.getUTCDate()).padStart(2),
  '2': ({ local }) => String(local.getUTCDate()),
  '002': ({ local }) => digits(dayOfYear(local), 3),
  __2: ({ local }) => String(dayOfYear(local)).padStart(3),
  '15': ({ local }) => digits(local.getUTCHours(), 2),
  '03': ({ local }) => digits(hourOfHalf(local), 2),
  '3': ({ local }) => String(hourOfHalf(local)),
  '04': ({ local }) => digits(local.getUTCMinutes(), 2),
  '4': ({ local }) => String(local.getUTCMinutes()),
  '05': ({ local }) => digits(local.getUTCSeconds(), 2),
  '5': ({ local }) => String(local.getUTCSeconds()),
  PM: ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: ({ local }) => (local.getUTCHours() < 12 ? 'am' : 'pm'),
  MST: zoneName,
};

function fieldText(field: string, moment: Moment): string {
  const form = FIELDS[field];
  if (form !== undefined) return form(moment);
  if (field[0] === '.' || field[0] === ',') return fractionText(field, moment.nanos);
  return offsetText(field, moment.offset);
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function hourOfHalf(local: Date): number {
  return local.getUTCHours() % 12 || 12;
}

function dayOfYear(local: Date): number {
  const start = Date.UTC(local.getUTCFullYear(), 0, 1);
  return Math.floor((local.getTime() - start) / 86_400_000) + 1;
}

/** Zeros stand for digits that are always there, nines for those that are not at the end. */
function fractionText(field: string, nanos: number): string {
  const shown = digits(nanos, 9)
    .slice(0, field.length - 1)
    .padEnd(field.length - 1, '0');
  if (field[1] === '0') return field[0] + shown;
  const short = shown.replace(/0+$/, '');
  return short === '' ? '' : field[0] + short;
}

function offsetText(field: string, offset: number): string {
  if (field[0] === 'Z' && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const parts = [size / 3600, (size / 60) % 60, size % 60].map((part) => digits(Math.floor(part), 2));
  const count = field.replaceAll(/\D/g, '').length / 2;
  return `${offset < 0 ? '-' : '+'}${parts.slice(0, count).join(field.includes(':') ? ':' : '')}`;
}

/** By the name of the zone: a client may spell it in thousands of ways, and each takes 50 kB. */
const names = new Lru<string, Intl.DateTimeFormat>(100);

/** `EST`; an offset where there is no such name. */
function zoneName({ zone, seconds, offset }: Moment): string {
  if (zone === 'UTC') return 'UTC';
  const format = names.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' });
  names.set(zone, format);
  const name = format.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]+$/.test(name) ? name : offsetText('-07', offset);
}

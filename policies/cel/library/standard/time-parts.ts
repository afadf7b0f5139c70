import { Failure } from '../../../values/failure.ts';
import type { Duration, Timestamp } from '../../../values/time.ts';
import type { Result, Value } from '../../../values/value.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../../types/type.ts';
import { method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';
import { offsetIn, writtenZone, type Zone, zoneOf } from './zone.ts';

const DAY = 86_400;

/** What a clock and a calendar show; `local` is moved by the offset of the zone. One for all: nothing waits in between. */
const calendar = new Date(0);

type Part = (local: Date) => number;

const PARTS: readonly (readonly [name: string, id: string, part: Part])[] = [
  ['getFullYear', 'timestamp_to_year', (local) => local.getUTCFullYear()],
  ['getMonth', 'timestamp_to_month', (local) => local.getUTCMonth()],
  ['getDayOfYear', 'timestamp_to_day_of_year', dayOfYear],
  ['getDayOfMonth', 'timestamp_to_day_of_month', (local) => local.getUTCDate() - 1],
  ['getDate', 'timestamp_to_day_of_month_1_based', (local) => local.getUTCDate()],
  ['getDayOfWeek', 'timestamp_to_day_of_week', (local) => local.getUTCDay()],
  ['getHours', 'timestamp_to_hours', (local) => local.getUTCHours()],
  ['getMinutes', 'timestamp_to_minutes', (local) => local.getUTCMinutes()],
  ['getSeconds', 'timestamp_to_seconds', (local) => local.getUTCSeconds()],
  ['getMilliseconds', 'timestamp_to_milliseconds', (local) => local.getUTCMilliseconds()],
];

function dayOfYear(local: Date): number {
  const now = local.getTime();
  const year = local.getUTCFullYear();
  const start = local.setUTCFullYear(year, 0, 1);
  return Math.round((now - start) / (DAY * 1000));
}

function read(part: Part, { seconds, nanos }: Timestamp, offset: number): bigint {
  calendar.setTime((seconds + offset) * 1000 + Math.floor(nanos / 1e6));
  return BigInt(part(calendar));
}

function readIn(zone: Zone, part: Part, time: Timestamp, caller: Caller): Result {
  const offset = offsetIn(zone, time.seconds, caller);
  return offset instanceof Failure ? offset : read(part, time, offset);
}

function inZone(part: Part): Run {
  return {
    arity: 2,
    fn: (time: Timestamp, name: string, caller: Caller): Result => {
      const zone = zoneOf(name, caller);
      return zone instanceof Failure ? zone : readIn(zone, part, time, caller);
    },
  };
}

/** With a zone that is known ahead. */
function inThisZone(part: Part, zone: Zone): Run {
  return { arity: 2, fn: (time: Timestamp, _name: string, caller: Caller) => readIn(zone, part, time, caller) };
}

function partOf([name, id, part]: (typeof PARTS)[number]): Overload[] {
  const prepare = ([, zoneName]: readonly (Value | undefined)[]): Run | Failure => {
    if (typeof zoneName !== 'string') return inZone(part);
    const zone = writtenZone(zoneName);
    return zone instanceof Failure ? zone : inThisZone(part, zone);
  };
  const idWithZone = name === 'getSeconds' ? `${id}_tz` : `${id}_with_tz`;
  return [
    method(id, name, [TIMESTAMP], INT, { arity: 1, fn: (time: Timestamp) => read(part, time, 0) }),
    method(idWithZone, name, [TIMESTAMP, STRING], INT, inZone(part), { prepare }),
  ];
}

/** Of a duration: all of it in hours, minutes or seconds; but only what is over of milliseconds. */
function ofDuration(name: string, id: string, compute: (span: Duration) => number): Overload {
  const run = (span: Duration) => BigInt(Math.trunc(compute(span)));
  return method(id, name, [DURATION], INT, { arity: 1, fn: run });
}

export const TIME_PARTS: readonly Overload[] = [
  ...PARTS.flatMap(partOf),
  ofDuration('getHours', 'duration_to_hours', ({ seconds }) => seconds / 3600),
  ofDuration('getMinutes', 'duration_to_minutes', ({ seconds }) => seconds / 60),
  ofDuration('getSeconds', 'duration_to_seconds', ({ seconds }) => seconds),
  ofDuration('getMilliseconds', 'duration_to_milliseconds', ({ nanos }) => nanos / 1e6),
];

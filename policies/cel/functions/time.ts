import { type CelFunc, CelScalar, celFunc, objectType } from '@bufbuild/cel';
import { type Timestamp, TimestampSchema, timestampDate } from '@bufbuild/protobuf/wkt';
import { Lru } from '../../../src/base/lru.ts';
import { toTimestamp } from '../values.ts';

const { STRING, BOOL } = CelScalar;
const TIMESTAMP = objectType(TimestampSchema);
const UTC = 'UTC';

const formats = new Lru<string, Intl.DateTimeFormat>(100);

/** `now` gives the time of the request that is being decided, in milliseconds: one request sees one time. */
export function timeFunctions(now: () => number): CelFunc[] {
  return [
    celFunc('now', [], TIMESTAMP, () => toTimestamp(new Date(now()))),
    celFunc('time.isWeekday', [TIMESTAMP], BOOL, (time) => !isWeekend(time.message, UTC)),
    celFunc('time.isWeekend', [TIMESTAMP], BOOL, (time) => isWeekend(time.message, UTC)),
    celFunc('time.isWeekdayInTZ', [TIMESTAMP, STRING], BOOL, (time, zone) => !isWeekend(time.message, zone)),
    celFunc('time.isWeekendInTZ', [TIMESTAMP, STRING], BOOL, (time, zone) => isWeekend(time.message, zone)),
  ];
}

function isWeekend(time: Timestamp, zone: string): boolean {
  const day = weekdayFormat(zone).format(timestampDate(time));
  return day === 'Sat' || day === 'Sun';
}

function weekdayFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat('en-US', { weekday: 'short', timeZone: zone });
  formats.set(zone, fresh);
  return fresh;
}

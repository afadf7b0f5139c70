import { Failure } from '../../../values/failure.ts';
import { Timestamp } from '../../../values/time.ts';
import type { Result, Value } from '../../../values/value.ts';
import { BOOL, STRING, TIMESTAMP } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';
import { offsetIn, writtenZone, type Zone, zoneOf } from '../standard/zone.ts';

const DAY = 86_400;
/** 1970 began on a Thursday. */
const FIRST_WEEKDAY = 4;

const SUNDAY = 0;
const SATURDAY = 6;

function isWeekend({ seconds }: Timestamp, offset: number): boolean {
  const days = Math.floor((seconds + offset) / DAY) + FIRST_WEEKDAY;
  const weekday = ((days % 7) + 7) % 7;
  return weekday === SUNDAY || weekday === SATURDAY;
}

function isWeekendIn(zone: Zone, time: Timestamp, wanted: boolean, caller: Caller): Result {
  const offset = offsetIn(zone, time.seconds, caller);
  return offset instanceof Failure ? offset : isWeekend(time, offset) === wanted;
}

function inUtc(name: string, wanted: boolean): Overload {
  const run = (time: Timestamp) => isWeekend(time, 0) === wanted;
  return fn(`time_${name}_timestamp`, `time.${name}`, [TIMESTAMP], BOOL, { arity: 1, fn: run });
}

function inZone(name: string, wanted: boolean): Overload {
  const run = (time: Timestamp, zoneName: string, caller: Caller): Result => {
    const zone = zoneOf(zoneName, caller);
    return zone instanceof Failure ? zone : isWeekendIn(zone, time, wanted, caller);
  };
  const prepare = ([, zoneName]: readonly (Value | undefined)[]): Run | Failure => {
    const zone = typeof zoneName === 'string' ? writtenZone(zoneName) : null;
    if (zone === null) return { arity: 2, fn: run };
    if (zone instanceof Failure) return zone;
    return {
      arity: 2,
      fn: (time: Timestamp, _name: string, caller: Caller) => isWeekendIn(zone, time, wanted, caller),
    };
  };
  const id = `time_${name}_timestamp_string`;
  return fn(id, `time.${name}`, [TIMESTAMP, STRING], BOOL, { arity: 2, fn: run }, { prepare });
}

const NOW: Run = { arity: 0, fn: ({ time }: Caller) => Timestamp.ofMilliseconds(time) };

/** Octelium's functions of time. */
export const CLOCK: readonly Overload[] = [
  fn('now', 'now', [], TIMESTAMP, NOW, { isVolatile: true }),
  inUtc('isWeekday', false),
  inUtc('isWeekend', true),
  inZone('isWeekdayInTZ', false),
  inZone('isWeekendInTZ', true),
];

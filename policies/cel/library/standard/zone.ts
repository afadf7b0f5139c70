import { Lru } from '../../../../src/base/lru.ts';
import { nearest } from '../../../../src/base/suggest.ts';
import { OVER_BUDGET } from '../../../values/budget.ts';
import { type Failure, failure } from '../../../values/failure.ts';
import type { Caller } from '../overload.ts';

/** Where clocks show the same. */
export interface Zone {
  /** Seconds east of UTC at a moment in seconds since 1970. */
  offsetAt(seconds: number): number;
}

const NO_ZONE = failure('unknown time zone: expected a name such as "Europe/Berlin", or an offset such as "+02:00"');
/** Names longer than any. */
const LONGEST = 64;
/** Units of the budget that a zone takes which is not known yet. */
const COST = 15_000;
/** Units that finding out takes how far a zone is ahead. */
const OFFSET_COST = 300;

const zones = new Lru<string, Zone | Failure>(200);

/** @param name of the IANA time zone database, or an offset of hours and minutes; empty: UTC */
export function zoneOf(name: string, caller: Caller): Zone | Failure {
  return zones.get(name) ?? (caller.spend(COST) ? findZone(name) : OVER_BUDGET);
}

/** Seconds east of UTC at a moment in seconds since 1970. */
export function offsetIn(zone: Zone, seconds: number, caller: Caller): number | Failure {
  return caller.spend(OFFSET_COST) ? zone.offsetAt(seconds) : OVER_BUDGET;
}

export function findZone(name: string): Zone | Failure {
  if (name.length > LONGEST) return NO_ZONE;
  const zone = name.includes(':') ? fixedZone(name) : namedZone(name);
  zones.set(name, zone);
  return zone;
}

/** The zone of a text that stands in an expression; a misspelt one is told what is near. */
export function writtenZone(name: string): Zone | Failure {
  const zone = findZone(name);
  const near = zone === NO_ZONE ? nearest(name, Intl.supportedValuesOf('timeZone')) : null;
  return near === null ? zone : failure(`unknown time zone: did you mean "${near}"?`);
}

function fixedZone(name: string): Zone | Failure {
  const [, sign, hours, minutes] = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(name) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return NO_ZONE;
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return fixed(sign === '-' ? -seconds : seconds);
}

function fixed(offset: number): Zone {
  return { offsetAt: () => offset };
}

const UTC = fixed(0);

function namedZone(name: string): Zone | Failure {
  if (name === '' || name === 'UTC') return UTC;
  if (!/^[A-Za-z]/.test(name)) return NO_ZONE;
  try {
    return new NamedZone(new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }));
  } catch {
    return NO_ZONE;
  }
}

/** The offset of the moment that was asked for last is kept: one evaluation asks for one moment again and again. */
class NamedZone implements Zone {
  readonly #format: Intl.DateTimeFormat;
  #seconds = Number.NaN;
  #offset = 0;

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  offsetAt(seconds: number): number {
    if (seconds === this.#seconds) return this.#offset;
    this.#offset = readOffset(this.#format.format(seconds * 1000));
    this.#seconds = seconds;
    return this.#offset;
  }
}

/** Of `1/1/1970, GMT-00:44:30`; nothing follows the letters where the zone has the time of UTC. */
function readOffset(text: string): number {
  const [, sign, hours, minutes, seconds = 0] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  const offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
  return sign === '-' ? -offset : offset;
}

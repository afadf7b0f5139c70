import { Lru } from '../../../src/base/lru.ts';
import { findZone, type Zone } from '../../cel/library/standard/zone.ts';
import { Failure } from '../../values/failure.ts';
import { BuiltinError, isInteger, isList, type RegoValue } from '../value.ts';
import { fail } from './builtin.ts';
import type { Work } from './work.ts';

export const NANOS = 1_000_000_000n;

interface NamedZone extends Zone {
  /** However it was spelt. */
  readonly name: string;
}

const zones = new Lru<string, NamedZone>(100);

/** What a moment takes, and a zone beside that is not known yet. */
const READING = 60;
const FINDING = 2000;

/** A moment as clocks of a zone show it. */
export interface Moment {
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  readonly nanos: number;
  /** Of the zone's clocks, in the UTC fields. */
  readonly local: Date;
  /** Seconds east of UTC. */
  readonly offset: number;
  /** Name of the zone. */
  readonly zone: string;
}

/** Nanoseconds since 1970, or a list of them with the name of a zone. */
function readMoment(value: RegoValue, work: Work): Moment | BuiltinError {
  const [ns = null, zone = ''] = isList(value) ? value : [value];
  if (!isInteger(ns) || typeof zone !== 'string') return fail('expected nanoseconds, or [nanoseconds, zone]');
  return momentOf(BigInt(ns), zone, work);
}

function momentOf(ns: bigint, zoneName: string, work: Work): Moment | BuiltinError {
  work.charge(READING);
  if (BigInt.asIntN(64, ns) !== ns) return fail('the time is too far away');
  const zone = zoneNamed(zoneName, work);
  if (zone === null) return fail(`unknown time zone "${zoneName}"`);
  const nanos = Number(((ns % NANOS) + NANOS) % NANOS);
  const seconds = Number((ns - BigInt(nanos)) / NANOS);
  const offset = zone.offsetAt(seconds);
  return { seconds, nanos, local: new Date((seconds + offset) * 1000), offset, zone: zone.name };
}

/** Offsets are no names in OPA. `Local` is UTC: what a policy gives must not depend on the machine. */
function zoneNamed(name: string, work: Work): NamedZone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  work.charge(FINDING);
  const wanted = name === '' || name === 'Local' ? 'UTC' : name;
  const zone = wanted.includes(':') ? null : findZone(wanted);
  if (zone === null || zone instanceof Failure) return null;
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: wanted }).resolvedOptions();
  const found = { name: timeZone, offsetAt: (seconds: number) => zone.offsetAt(seconds) };
  zones.set(name, found);
  return found;
}

/** An error when 64 bits do not hold it. */
export function nanosecondsOf(seconds: number, nanos: number): bigint | BuiltinError {
  const ns = BigInt(seconds) * NANOS + BigInt(nanos);
  return BigInt.asIntN(64, ns) === ns ? ns : fail('the time is too far away');
}

/** Moments of one call; the first error among them instead. */
export function withMoments(
  values: readonly RegoValue[],
  work: Work,
  use: (...moments: readonly Moment[]) => RegoValue | BuiltinError,
): RegoValue | BuiltinError {
  const moments = values.map((value) => readMoment(value, work));
  const error = moments.find((moment) => moment instanceof BuiltinError);
  return error instanceof BuiltinError ? error : use(...(moments as Moment[]));
}

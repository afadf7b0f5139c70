import { Lru } from '../../../src/base/lru.ts';
import { findZone, type Zone } from '../../cel/library/standard/zone.ts';
import { Failure } from '../../values/failure.ts';
import { BuiltinError, isInteger, isList, type RegoValue } from '../value.ts';
import { fail } from './builtin.ts';

export const NANOS = 1_000_000_000n;

const zones = new Lru<string, Zone>(100);

/** A moment as clocks of a zone show it. */
export interface Moment {
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  readonly nanos: number;
  /** Of the zone's clocks, in the UTC fields. */
  readonly local: Date;
  /** Seconds east of UTC. */
  readonly offset: number;
  /** As it was given; empty: UTC. */
  readonly zone: string;
}

/** Nanoseconds since 1970, or a list of them with the name of a zone. */
export function readMoment(value: RegoValue): Moment | BuiltinError {
  const [ns = null, zone = ''] = isList(value) ? value : [value];
  if (!isInteger(ns) || typeof zone !== 'string') return fail('expected nanoseconds, or [nanoseconds, zone]');
  return momentOf(BigInt(ns), zone);
}

export function momentOf(ns: bigint, zoneName = ''): Moment | BuiltinError {
  if (BigInt.asIntN(64, ns) !== ns) return fail('the time is too far away');
  const zone = zoneNamed(zoneName);
  if (zone === null) return fail(`unknown time zone "${zoneName}"`);
  const nanos = Number(((ns % NANOS) + NANOS) % NANOS);
  const seconds = Number((ns - BigInt(nanos)) / NANOS);
  const offset = zone.offsetAt(seconds);
  return { seconds, nanos, local: new Date((seconds + offset) * 1000), offset, zone: zoneName };
}

/** Offsets are no names in OPA. `Local` is UTC: what a policy gives must not depend on the machine. */
function zoneNamed(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = name.includes(':') ? null : findZone(name === 'Local' ? '' : name);
  if (zone === null || zone instanceof Failure) return null;
  zones.set(name, zone);
  return zone;
}

/** An error when 64 bits do not hold it. */
export function nanosecondsOf(seconds: number, nanos: number): bigint | BuiltinError {
  const ns = BigInt(seconds) * NANOS + BigInt(nanos);
  return BigInt.asIntN(64, ns) === ns ? ns : fail('the time is too far away');
}

/** Moments of one call; the first error among them instead. */
export function withMoments(
  values: readonly RegoValue[],
  use: (...moments: readonly Moment[]) => RegoValue | BuiltinError,
): RegoValue | BuiltinError {
  const moments = values.map(readMoment);
  const error = moments.find((moment) => moment instanceof BuiltinError);
  return error instanceof BuiltinError ? error : use(...(moments as Moment[]));
}

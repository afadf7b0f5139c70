import { isIP } from 'node:net';
import { Lru } from '../../base/lru.ts';
import type { GeoDatabase } from './database.ts';
import { type Geo, type GeoKind, NOWHERE, type Place } from './place.ts';

/** Addresses that are remembered: clients come again and again. */
const MOST_KNOWN = 4_096;

/** `null`: there is a file, of which nothing could be read yet. Left out: there is none. */
export type GeoDatabases = { readonly [Kind in GeoKind]?: GeoDatabase | null };

/** Looks addresses up in the databases that there are. */
export class GeoLookup implements Geo {
  #databases: GeoDatabases;
  readonly #known = new Lru<string, Place>(MOST_KNOWN);

  constructor(databases: GeoDatabases) {
    this.#databases = databases;
  }

  has(kind: GeoKind): boolean {
    return this.#databases[kind] !== undefined;
  }

  /** A newer file of the same kind. */
  replace(kind: GeoKind, database: GeoDatabase): void {
    this.#databases = { ...this.#databases, [kind]: database };
    this.#known.clear();
  }

  placeOf(address: string): Place {
    return this.#known.get(address) ?? this.#find(address);
  }

  #find(address: string): Place {
    const plain = plainAddress(withoutZone(address));
    if (plain === null) return NOWHERE;
    const place = this.#look(plain);
    // A copy: a slice would keep all of the head in memory that it was cut from.
    this.#known.set(Buffer.from(address, 'latin1').toString('latin1'), place);
    return place;
  }

  #look(address: string): Place {
    const { places, networks } = this.#databases;
    if (places === null || networks === null) throw new Error('a database of places could not be read yet');
    const place = places?.find(address);
    const network = networks?.find(address);
    return {
      country: textAt(place, 'country', 'iso_code'),
      continent: textAt(place, 'continent', 'code'),
      city: textAt(place, 'city', 'names', 'en'),
      asn: numberAt(network, 'autonomous_system_number'),
    };
  }
}

/** `null` for what is none. IPv4 that is written as IPv6, however, is what it is to everyone else. */
function plainAddress(address: string): string | null {
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : null;
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written) ?? [];
  return high === undefined || low === undefined ? written : [...octets(high), ...octets(low)].join('.');
}

function octets(group: string): [number, number] {
  const bits = Number.parseInt(group, 16);
  return [bits >> 8, bits & 0xff];
}

/** The zone of a link-local address (RFC 4007) names an interface of this machine. */
function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
}

function textAt(record: unknown, ...path: string[]): string | null {
  const value = valueAt(record, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberAt(record: unknown, ...path: string[]): number | null {
  const value = valueAt(record, path);
  return typeof value === 'number' ? value : null;
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  const inner = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Readonly<Record<string, unknown>>)[key]
      : undefined;
  return path.reduce(inner, record);
}

/** Where an address is, as far as that is known. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** Two letters. */
  readonly continent: string | null;
  /** In English. */
  readonly city: string | null;
  /** Number of the autonomous system. */
  readonly asn: number | null;
}

/** The kinds of databases: where places are, and whose networks addresses belong to. */
export type GeoKind = 'places' | 'networks';

export interface Geo {
  /** Whether there is a database of that kind; that does not change while the process runs. */
  has(kind: GeoKind): boolean;
  /** @throws Error when a database has a record that cannot be read. */
  placeOf(address: string): Place;
}

export const NOWHERE: Place = { country: null, continent: null, city: null, asn: null };

/** Stands in where configuration is judged and no request is served: which databases there are is not known, or enough. */
export class UnreadGeo implements Geo {
  readonly #kinds: readonly GeoKind[];

  constructor(kinds: readonly GeoKind[]) {
    this.#kinds = kinds;
  }

  has(kind: GeoKind): boolean {
    return this.#kinds.includes(kind);
  }

  placeOf(): Place {
    throw new Error('databases of places are not read here');
  }
}

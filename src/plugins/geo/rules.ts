import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { COUNTRIES, meantCountry } from './countries.ts';
import type { GeoKind, Place } from './place.ts';
import type { Locations } from './schema.ts';

/** Whether a place is in a list; `unknown`: it is not known well enough to say so. */
export type Listed = (place: Place) => boolean | 'unknown';

type Fact = 'country' | 'continent' | 'asn';

/** What each list asks, and the kind of database that knows it. */
const LISTS: Readonly<Record<keyof Locations, { readonly fact: Fact; readonly kind: GeoKind }>> = {
  countries: { fact: 'country', kind: 'places' },
  continents: { fact: 'continent', kind: 'places' },
  asns: { fact: 'asn', kind: 'networks' },
};

/** Tells what cannot be: words that are no countries, lists that no database answers, no list at all. */
export function compileLocations(locations: Locations, path: KeyPath, deps: PluginDeps): Listed {
  const names = (Object.keys(LISTS) as (keyof Locations)[]).filter((name) => locations[name] !== undefined);
  if (names.length === 0) deps.mistake(path, 'one of countries, continents, asns is needed');
  for (const name of names) requireDatabase(LISTS[name].kind, [...path, name], deps);
  checkCountries(locations.countries ?? [], [...path, 'countries'], deps);
  const lists = names.map((name) => ({
    fact: LISTS[name].fact,
    wanted: new Set<string | number>(locations[name]),
  }));
  return (place) => {
    if (lists.some(({ fact, wanted }) => place[fact] !== null && wanted.has(place[fact]))) return true;
    return lists.some(({ fact }) => place[fact] === null) ? 'unknown' : false;
  };
}

const OPTIONS: Readonly<Record<GeoKind, string>> = { places: '--geoip-database', networks: '--geoip-asn-database' };

/** Tells where there is none. */
export function requireDatabase(kind: GeoKind, path: KeyPath, { geo, mistake }: PluginDeps): void {
  if (geo?.has(kind) === true) return;
  mistake(path, 'this gateway has no database that knows this', `start it with ${OPTIONS[kind]} FILE`);
}

function checkCountries(countries: readonly string[], path: KeyPath, { mistake }: PluginDeps): void {
  for (const [i, country] of countries.entries()) {
    if (COUNTRIES.has(country)) continue;
    mistake([...path, i], `"${country}" is no country of ISO 3166-1`, meantCountry(country) ?? undefined);
  }
}

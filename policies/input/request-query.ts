import { FullMap } from '../values/map.ts';
import type { Pair } from './request.ts';
import { addTo, singles } from './singles.ts';

/** Query parameters, decoded as `application/x-www-form-urlencoded`. */
export function queryMaps(query: string): Pair {
  const all = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) addTo(all, name, value);
  const repair = 'use queryAll, which gives a list';
  return {
    single: singles(all, (name) => `the query parameter "${name}" was sent more than once: ${repair}`),
    all: FullMap.of(all),
  };
}

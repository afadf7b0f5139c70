import type { Exchange } from '../../gateway/exchange.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HashSource } from '../spec.ts';
import type { Policy } from './balancer.ts';
import { HashRing, hashOf } from './hash-ring.ts';

/** The same endpoint for the same key, as long as it is there; few keys move when endpoints come and go. */
export class HashPolicy implements Policy {
  readonly #source: HashSource;
  readonly #endpoints: readonly Endpoint[];
  readonly #ring: HashRing;

  constructor(source: HashSource, endpoints: readonly Endpoint[]) {
    this.#source = source.kind === 'header' ? { ...source, name: source.name.toLowerCase() } : source;
    this.#endpoints = endpoints;
    this.#ring = new HashRing(endpoints.map(({ url, weight }) => ({ name: url.origin, weight })));
  }

  pick(x: Exchange, among: readonly Endpoint[]): Endpoint {
    const all = this.#endpoints;
    const isIn = among === all ? everything : (i: number) => among.includes(all[i]!);
    return all[this.#ring.find(hashOf(hashKey(x, this.#source)), isIn)]!;
  }
}

function everything(): boolean {
  return true;
}

/** Who has no key of the asked kind goes by the client's address. */
export function hashKey(x: Exchange, source: HashSource): string {
  return stated(x, source) ?? x.request.clientAddress;
}

function stated({ request, principal }: Exchange, source: HashSource): string | null {
  switch (source.kind) {
    case 'header':
      return request.headers.get(source.name);
    case 'cookie':
      return cookie(request.headers.all('cookie'), source.name);
    case 'user':
      return principal?.user?.metadata.name ?? null;
    case 'client-address':
      return null;
  }
}

function cookie(fields: readonly string[], name: string): string | null {
  for (const pair of fields.flatMap((field) => field.split(';'))) {
    const text = pair.trim();
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1);
  }
  return null;
}

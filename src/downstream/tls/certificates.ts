import { Lru } from '../../base/lru.ts';
import type { ServerCertificate } from './server-certificate.ts';

/** Names come from clients, so what is remembered of them is bounded. */
const REMEMBERED_NAMES = 1_000;

/** The certificates of a listener, the default one first. */
export class Certificates {
  readonly all: readonly ServerCertificate[];
  readonly #byName = new Lru<string, ServerCertificate>(REMEMBERED_NAMES);

  constructor(all: readonly ServerCertificate[]) {
    this.all = all;
  }

  /** For clients that ask for no name, or for one that no certificate has; `null`: there is none at all. */
  get default(): ServerCertificate | null {
    return this.all[0] ?? null;
  }

  /** The one that has the name itself goes before the one that has a wildcard for it. @param host canonical */
  select(host: string): ServerCertificate | null {
    const known = this.#byName.get(host);
    if (known !== undefined) return known;
    const selected = this.#find(host);
    if (selected !== null) this.#byName.set(host, selected);
    return selected;
  }

  #find(host: string): ServerCertificate | null {
    let wildcard: ServerCertificate | null = null;
    for (const one of this.all) {
      const coverage = one.covers(host);
      if (coverage === 'exact') return one;
      if (coverage === 'wildcard') wildcard ??= one;
    }
    return wildcard ?? this.default;
  }
}

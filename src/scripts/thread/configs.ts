import { frozen } from './frozen.ts';

/** Services have few configurations, and the ones of before are not needed any more. */
const MOST_KEPT = 100;

/** Configurations by their JSON. */
export class Configs {
  readonly #known = new Map<string, unknown>();

  read(json: string): unknown {
    const before = this.#known.get(json);
    if (before !== undefined) return before;
    const config = frozen(JSON.parse(json) as object);
    if (this.#known.size === MOST_KEPT) this.#known.clear();
    this.#known.set(json, config);
    return config;
  }
}

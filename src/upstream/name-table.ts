/** Names beyond that are looked at anew each time: whoever invents names must not fill the memory. */
const MOST_NAMES = 1000;

/** What field names mean to somebody, worked out once a name. */
export class NameTable<T> {
  readonly #meaning: (name: string) => T;
  readonly #known = new Map<string, T>();

  constructor(meaning: (name: string) => T) {
    this.#meaning = meaning;
  }

  get(name: string): T {
    return this.#known.get(name) ?? this.#learn(name);
  }

  #learn(name: string): T {
    const meaning = this.#meaning(name);
    if (this.#known.size < MOST_NAMES) this.#known.set(ownCopy(name), meaning);
    return meaning;
  }
}

/** V8 cuts names out of a head without copying them: kept as it is, a name would keep its whole head. */
function ownCopy(name: string): string {
  return Buffer.from(name, 'latin1').toString('latin1');
}

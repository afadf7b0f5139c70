/** A bounded map that forgets what was used longest ago. */
export class Lru<K, V> {
  readonly #capacity: number;
  readonly #entries = new Map<K, V>();
  /** What was used last stands at the end already: whoever comes again and again moves nothing. */
  #newest: K | null = null;

  readonly #forgotten: (value: V) => void;

  /** @param forgotten is told of what was used longest ago and had to go */
  constructor(capacity: number, forgotten: (value: V) => void = () => {}) {
    if (!(capacity >= 1)) throw new RangeError('the capacity of an Lru must be at least 1');
    this.#capacity = capacity;
    this.#forgotten = forgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || key === this.#newest) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#newest = key;
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#newest = key;
    if (this.#entries.size > this.#capacity) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [key, value] = this.#entries.entries().next().value as [K, V];
    this.#entries.delete(key);
    this.#forgotten(value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
    if (key === this.#newest) this.#newest = null;
  }

  clear(): void {
    this.#entries.clear();
    this.#newest = null;
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }
}

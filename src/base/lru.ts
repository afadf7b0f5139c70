/** A bounded map that forgets what was used longest ago. */
export class Lru<K, V> {
  readonly #capacity: number;
  readonly #entries = new Map<K, V>();
  /** What was used last stands at the end already: whoever comes again and again moves nothing. */
  #newest: K | null = null;

  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError('the capacity of an Lru must be at least 1');
    this.#capacity = capacity;
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
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value as K);
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

/** Joins concurrent calls for one key into one: the followers get the leader's result or error. */
export class SingleFlight<K, V> {
  readonly #flying = new Map<K, Promise<V>>();

  run(key: K, work: () => Promise<V>): Promise<V> {
    const flying = this.#flying.get(key);
    if (flying !== undefined) return flying;
    const started = work().finally(() => this.#flying.delete(key));
    this.#flying.set(key, started);
    return started;
  }
}

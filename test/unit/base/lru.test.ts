import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lru } from '../../../src/base/lru.ts';

/** The same by the book. */
class PlainLru {
  readonly #capacity: number;
  #keys: number[] = [];
  readonly #values = new Map<number, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: number): number | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#touch(key);
    return value;
  }

  set(key: number, value: number): void {
    this.#values.set(key, value);
    this.#touch(key);
    if (this.#keys.length > this.#capacity) this.#values.delete(this.#keys.shift() as number);
  }

  delete(key: number): void {
    this.#values.delete(key);
    this.#keys = this.#keys.filter((other) => other !== key);
  }

  #touch(key: number): void {
    this.#keys = [...this.#keys.filter((other) => other !== key), key];
  }
}

const step = fc.tuple(fc.constantFrom('get', 'get', 'set', 'delete'), fc.integer({ min: 0, max: 6 }));

test('an Lru forgets what was used longest ago, whatever was done before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const [lru, plain] = [new Lru<number, number>(capacity), new PlainLru(capacity)];
      for (const [i, [what, key]] of steps.entries()) {
        if (what === 'get') assert.equal(lru.get(key), plain.get(key));
        else if (what === 'set') for (const one of [lru, plain]) one.set(key, i);
        else for (const one of [lru, plain]) one.delete(key);
        assert.ok(lru.size <= capacity);
      }
    }),
    { numRuns: 500 },
  );
});

test('whoever asks is told of what is forgotten, not of what is replaced or deleted', () => {
  const forgotten: number[] = [];
  const lru = new Lru<string, number>(2, (value) => forgotten.push(value));
  lru.set('a', 1);
  lru.set('a', 2);
  lru.set('b', 3);
  lru.delete('b');
  lru.set('c', 4);
  lru.get('a');
  lru.set('d', 5);
  assert.deepEqual(forgotten, [4]);
});

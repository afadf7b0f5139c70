import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields, LazyMap } from '../../../../policies/input/lazy-map.ts';
import { freeMap } from '../../../../policies/input/plain.ts';
import { FieldName, FullMap, MapValue, storedKey } from '../../../../policies/values/map.ts';
import { Uint, type Value } from '../../../../policies/values/value.ts';

const FORWARD = new Fields<Record<string, Value>>([
  ['a', ({ a }) => a],
  ['b', ({ b }) => b],
]);
const BACKWARD = new Fields<Record<string, Value>>([
  ['b', ({ b }) => b],
  ['a', ({ a }) => a],
]);

const source = { a: 'one', b: 'two' };
const MAPS: Record<string, () => MapValue> = {
  full: () => FullMap.of(Object.entries(source)),
  plain: () => freeMap(source),
  'lazy, in order': () => new LazyMap(source, FORWARD),
  'lazy, in another order': () => new LazyMap(source, BACKWARD),
};

describe('maps of every kind', () => {
  for (const [what, make] of Object.entries(MAPS)) {
    test(what, () => {
      const map = make();
      assert.ok(map instanceof MapValue);
      assert.equal(map.size, 2);
      assert.deepEqual([...map.keys()].sort(), ['a', 'b']);
      assert.deepEqual([map.get('a'), map.get('b')], ['one', 'two']);
      for (const key of ['constructor', '__proto__', 'c', 1n, true, null, new Uint(1n)]) {
        assert.equal(map.get(key), undefined);
      }
    });
  }
});

test('one name finds its field in maps of any form, in any order', () => {
  const [a, absent] = [new FieldName('a'), new FieldName('constructor')];
  const maps = Object.values(MAPS).map((make) => make());
  for (const map of [...maps, ...maps.toReversed(), ...maps]) {
    assert.equal(map.field(a), 'one');
    assert.equal(map.field(absent), undefined);
  }
});

test('a lazy field is computed once', () => {
  let computed = 0;
  const fields = new Fields<null>([['a', () => ++computed]]);
  const map = new LazyMap(null, fields);
  assert.deepEqual([map.get('a'), map.get('a'), map.field(new FieldName('a'))], [1, 1, 1]);
});

test('numbers of one value are one key', () => {
  assert.equal(storedKey(1n), storedKey(new Uint(1n)));
  assert.equal(storedKey(1n), storedKey(1));
  for (const none of [1.5, Number.NaN, null, [], FullMap.of([])]) assert.equal(storedKey(none), undefined);
});

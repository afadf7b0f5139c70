import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HashRing, hashOf, type RingMember } from '../../../../src/upstream/balance/hash-ring.ts';

const KEYS = Array.from({ length: 2000 }, (_, i) => hashOf(`key-${i}`));

function members(count: number): RingMember[] {
  return Array.from({ length: count }, (_, i) => ({ name: `http://10.0.0.${i}:8080`, weight: 1 }));
}

function owners(ring: HashRing, isIn: (member: number) => boolean = () => true): number[] {
  return KEYS.map((key) => ring.find(key, isIn));
}

test('when a member is left out, its keys move and no others', () => {
  const counts = fc.integer({ min: 2, max: 30 });
  fc.assert(
    fc.property(counts, fc.nat(), (count, seed) => {
      const ring = new HashRing(members(count));
      const out = seed % count;
      const before = owners(ring);
      const after = owners(ring, (member) => member !== out);
      return before.every((owner, i) => (owner === out ? after[i] !== out : after[i] === owner));
    }),
    { numRuns: 60 },
  );
});

test('when a member is added, keys move to it and nowhere else, about as many as are its share', () => {
  for (let count = 1; count <= 20; count++) {
    const before = owners(new HashRing(members(count)));
    const after = owners(new HashRing(members(count + 1)));
    const moved = after.filter((owner, i) => owner !== before[i]);
    assert.ok(
      moved.every((owner) => owner === count),
      `${count}: a key moved between members that stayed`,
    );
    const share = KEYS.length / (count + 1);
    assert.ok(moved.length < share * 1.6 && moved.length > share * 0.5, `${count}: ${moved.length} of ${share}`);
  }
});

test('shares follow the weights', () => {
  const ring = new HashRing([
    { name: 'a', weight: 300 },
    { name: 'b', weight: 100 },
  ]);
  const ofA = owners(ring).filter((owner) => owner === 0).length;
  assert.ok(ofA > KEYS.length * 0.65 && ofA < KEYS.length * 0.85, `${ofA}`);
});

test('a weight however small has a place', () => {
  const ring = new HashRing([
    { name: 'a', weight: 65_535 },
    { name: 'b', weight: 1 },
  ]);
  assert.equal(
    ring.find(0, (member) => member === 1),
    1,
  );
});

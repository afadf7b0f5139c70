import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NOT_ROSTERED, Roster, type Rostered } from '../../../src/base/roster.ts';

class Guest implements Rostered {
  rosterSlot = NOT_ROSTERED;
}

test('a roster holds what a set would hold, whatever comes and goes', () => {
  const guests = Array.from({ length: 6 }, () => new Guest());
  const move = fc.record({ guest: fc.constantFrom(...guests), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      for (const guest of guests) guest.rosterSlot = NOT_ROSTERED;
      const [roster, set] = [new Roster<Guest>(), new Set<Guest>()];
      for (const { guest, comes } of moves) {
        if (comes) roster.add(guest);
        else assert.equal(roster.delete(guest), set.has(guest));
        if (comes) set.add(guest);
        else set.delete(guest);
        assert.equal(roster.size, set.size);
        assert.deepEqual(new Set(roster.all()), set);
      }
    }),
  );
});

test('whoever walks through a roster may delete what stands in it', () => {
  const roster = new Roster<Guest>();
  for (let i = 0; i < 5; i++) roster.add(new Guest());
  for (const guest of roster.all()) roster.delete(guest);
  assert.equal(roster.size, 0);
});

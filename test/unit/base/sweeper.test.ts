import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_ROSTERED } from '../../../src/base/roster.ts';
import { type Expiring, Sweeper } from '../../../src/base/sweeper.ts';

const NEVER = Number.POSITIVE_INFINITY;

class Item implements Expiring {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  times = 0;
  readonly #then: (item: Item) => void;

  constructor(deadline: number, then: (item: Item) => void = () => {}) {
    this.deadline = deadline;
    this.#then = then;
  }

  expired(): void {
    this.times++;
    this.deadline = NEVER;
    this.#then(this);
  }
}

/** Waits for one look at everything that is in the sweeper now. */
function swept(sweeper: Sweeper): Promise<void> {
  return new Promise((resolve) => {
    // The sweeper's own timer does not keep a process alive.
    const alive = setInterval(() => {}, 1000);
    const last = new Item(0, () => {
      sweeper.delete(last);
      clearInterval(alive);
      setImmediate(resolve);
    });
    sweeper.add(last);
  });
}

test('what is late expires once, and nothing else does', async () => {
  const sweeper = new Sweeper(2);
  const [late, early, gone] = [new Item(0), new Item(NEVER), new Item(0)];
  for (const item of [late, early, gone]) sweeper.add(item);
  sweeper.add(late);
  sweeper.delete(gone);
  sweeper.delete(gone);
  await swept(sweeper);
  assert.deepEqual([late.times, early.times, gone.times], [1, 0, 0]);
  assert.equal(gone.rosterSlot, NOT_ROSTERED);
  for (const item of [late, early]) sweeper.delete(item);
});

test('items may take themselves and others out while they expire, and put new ones in', async () => {
  const sweeper = new Sweeper(2);
  const added = new Item(NEVER);
  const items: Item[] = [];
  const takeOut = (item: Item): void => {
    sweeper.delete(item);
    // Its neighbours too, so that places change before and behind the one that is looked at.
    const at = items.indexOf(item);
    for (const other of [items[at - 1], items[at + 2]]) if (other !== undefined) sweeper.delete(other);
    sweeper.add(added);
  };
  for (let i = 0; i < 50; i++) items.push(new Item(i % 3 === 0 ? 0 : NEVER, takeOut));
  for (const item of items) sweeper.add(item);
  await swept(sweeper);
  for (const item of items) {
    const isLate = items.indexOf(item) % 3 === 0;
    assert.ok(item.times === (isLate && item.deadline === NEVER ? 1 : 0), 'at most once, and only when late');
  }
  assert.ok(items.filter(({ times }) => times === 1).length > 10);
  for (const item of [...items, added]) sweeper.delete(item);
});

test('who comes when all others have gone is looked at again', async () => {
  const sweeper = new Sweeper(2);
  for (let i = 0; i < 3; i++) {
    const item = new Item(0);
    sweeper.add(item);
    await swept(sweeper);
    assert.equal(item.times, 1);
    sweeper.delete(item);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

/** What can stand in one roster at a time. */
export interface Rostered {
  /** The roster's: begins as `NOT_ROSTERED`, and nobody else writes it. */
  rosterSlot: number;
}

/** The `rosterSlot` of what is in no roster. */
export const NOT_ROSTERED = -1;

/**
 * What comes and goes with requests, in no order. A Set would do, but makes itself anew every few requests, and V8
 * keeps its former tables, with all that was in them, alive until the next full collection.
 */
export class Roster<T extends Rostered> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** As they stand now: whoever walks through them may delete some. */
  all(): T[] {
    return this.#items.slice();
  }

  add(item: T): void {
    if (item.rosterSlot !== NOT_ROSTERED) return;
    item.rosterSlot = this.#items.length;
    this.#items.push(item);
  }

  /** The last item takes its place. Gives whether it was there. */
  delete(item: T): boolean {
    const slot = item.rosterSlot;
    if (slot === NOT_ROSTERED) return false;
    item.rosterSlot = NOT_ROSTERED;
    const last = this.#items.pop() as T;
    if (last === item) return true;
    this.#items[slot] = last;
    last.rosterSlot = slot;
    return true;
  }
}

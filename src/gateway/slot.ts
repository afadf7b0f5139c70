import type { Exchange } from './exchange.ts';

/** What a plugin keeps for one exchange, from one hook to a later one. */
export interface Slot<T> {
  /** `undefined` until it is set. */
  get(x: Exchange): T | undefined;
  set(x: Exchange, value: T): void;
}

/** Gives slots that do not meet: the plugins of one Service share a table, and each of its configs goes on from there. */
export class SlotTable {
  #next: number;

  constructor(first = 0) {
    this.#next = first;
  }

  slot<T>(): Slot<T> {
    const at = this.#next++;
    return {
      get: ({ slots }) => (slots === null ? undefined : (slots[at] as T | undefined)),
      set: (x, value) => {
        x.slots ??= [];
        x.slots[at] = value;
      },
    };
  }

  /** A table whose slots meet none that this one has given so far. */
  branch(): SlotTable {
    return new SlotTable(this.#next);
  }
}

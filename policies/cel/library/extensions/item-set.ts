import { OVER_BUDGET } from '../../../values/budget.ts';
import { equal } from '../../../values/equal.ts';
import type { Failure } from '../../../values/failure.ts';
import { KeySet, keyCost } from '../../../values/key-set.ts';
import type { ListValue, Value } from '../../../values/value.ts';
import type { Caller } from '../overload.ts';

/** Units of the budget that a text takes which is put into a set, beside its length: it is hashed. */
const TEXT_COST = 3;

function itemCost(item: Value): number {
  return typeof item === 'string' ? TEXT_COST + (item.length >>> 4) : keyCost(item);
}

/** Items of which one can be asked whether there is an equal one, as `==` has it. */
export class ItemSet {
  readonly #keys = new KeySet();
  /** Items that can be no keys, which equal none that can. */
  readonly #others: Value[] = [];

  static of(list: ListValue): ItemSet {
    const set = new ItemSet();
    for (const item of list) set.add(item);
    return set;
  }

  /** Takes what the items of a list cost which is made a set of, or looked up in one. */
  static spend(list: ListValue, caller: Caller): boolean {
    if (!caller.spend(list.length)) return false;
    let units = 0;
    for (const item of list) units += itemCost(item);
    return caller.spend(units);
  }

  add(item: Value): void {
    if (!this.#keys.add(item)) this.#others.push(item);
  }

  has(item: Value, caller: Caller): boolean | Failure {
    return this.#keys.has(item) ?? this.#hasOther(item, caller);
  }

  #hasOther(item: Value, caller: Caller): boolean | Failure {
    if (!caller.spend(this.#others.length)) return OVER_BUDGET;
    for (const other of this.#others) {
      const same = equal(item, other, caller);
      if (same !== false) return same;
    }
    return false;
  }
}

/** Whether some item is in the set; a failure where that cannot be told. */
export function hasSome(set: ItemSet, items: ListValue, caller: Caller): boolean | Failure {
  for (const item of items) {
    const found = set.has(item, caller);
    if (found !== false) return found;
  }
  return false;
}

/** Whether every item is in the set. */
export function hasEvery(set: ItemSet, items: ListValue, caller: Caller): boolean | Failure {
  for (const item of items) {
    const found = set.has(item, caller);
    if (found !== true) return found;
  }
  return true;
}

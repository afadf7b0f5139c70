import type { Context } from 'liquidjs';
import type { Budget } from '../values/budget.ts';
import { EXPRESSION_BUDGET } from '../values/decision-budget.ts';

/** Units that one tag, output or piece of text takes to render; characters and items that filters make are one each. */
const STEP_COST = 50;

/** What the library asks before it makes anything. */
export type Limit = Pick<Context['memoryLimit'], 'use'>;

/**
 * What one rendering may take, of its own and of what all expressions of the request share. It counts work and no time,
 * so that the same template with the same request always comes to the same end. Stands where the library has its limits
 * of memory and of time.
 */
export class Effort implements Limit {
  readonly #shared: Budget | null;
  #left = EXPRESSION_BUDGET;

  constructor(shared: Budget | null) {
    this.#shared = shared;
  }

  /** @throws Error when it is more than there is. */
  use(units: number): void {
    if (!(units > 0)) return;
    this.#left -= units;
    if (this.#left < 0 || this.#shared?.spend(units) === false) throw new Error('it takes more than it may');
  }

  /** Before each step. @throws Error when it is more than there is. */
  check(): void {
    this.use(STEP_COST);
  }
}

/** Takes what looking at a text takes, or at the items of a list. @throws Error */
export function spendLook(value: unknown, limit: Limit): void {
  if (typeof value === 'string') limit.use(value.length);
  if (!Array.isArray(value)) return;
  limit.use(value.length);
  for (const item of value) spendLook(item, limit);
}

/** Takes what copying all texts of a list takes, by whole words of the machine. @throws Error */
export function spendRead(value: unknown, limit: Limit): void {
  if (!Array.isArray(value)) return;
  for (const item of value) {
    limit.use(typeof item === 'string' ? 1 + (item.length >>> 4) : 1);
    spendRead(item, limit);
  }
}

/**
 * Takes what looking for a part in a text takes: one that is nearly found again and again is compared at each position.
 * @throws Error
 */
export function spendSearch(text: unknown, part: unknown, limit: Limit): void {
  if (typeof text === 'string' && typeof part === 'string') limit.use((text.length >>> 2) * (1 + (part.length >>> 4)));
}

/** Takes what bringing the items of a list into an order takes, by their texts or by those of a field. @throws Error */
export function spendOrder(list: unknown, property: unknown, limit: Limit): void {
  if (!Array.isArray(list)) return;
  const comparisons = Math.ceil(Math.log2(list.length + 1));
  for (const item of list) {
    const text = typeof property === 'string' ? fieldOf(item, property.split('.')) : item;
    if (typeof text === 'string') limit.use(text.length * comparisons);
  }
}

function fieldOf(item: unknown, path: readonly string[]): unknown {
  const inner = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return path.reduce(inner, item);
}

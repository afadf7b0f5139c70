import { ENTRY_COST, OVER_BUDGET } from '../../values/budget.ts';
import { Failure, failure } from '../../values/failure.ts';
import { FullMap, type StoredKey, storedKey } from '../../values/map.ts';
import { Optional, type Result, type Value } from '../../values/value.ts';
import type { Entry, Expr, ListExpr, MapExpr } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchOverload } from './failures.ts';
import type { Frame, Operand, Step } from './frame.ts';
import type { Scope } from './scope.ts';

export function compileList({ elements, optional }: ListExpr, scope: Scope, compiler: Compiler): Operand {
  const parts = elements.map((element) => compiler.operand(element, scope));
  const isOptional = new Set(optional);
  const items = parts.map(({ run }, i): Item => ({ run, isOptional: isOptional.has(i), at: elements[i]!.at }));
  const build: Step = (frame) => (frame.spend(items.length) ? listOf(items, frame) : OVER_BUDGET);
  return compiler.strict(build, parts, items.length);
}

interface Item {
  readonly run: Step;
  readonly isOptional: boolean;
  readonly at: number;
}

function listOf(items: readonly Item[], frame: Frame): Result {
  const list: Value[] = [];
  for (const item of items) {
    const value = itemValue(item, frame);
    if (value instanceof Failure) return value;
    if (value !== undefined) list.push(value);
  }
  return list;
}

/** `undefined` for an optional one that is not there. */
function itemValue({ run, isOptional, at }: Item, frame: Frame): Result | undefined {
  const value = run(frame);
  if (!isOptional || value instanceof Failure) return value;
  return value instanceof Optional ? value.value : noSuchOverload('?_', [value], at);
}

interface Pair {
  readonly key: Step;
  readonly item: Item;
  readonly at: number;
}

export function compileMap({ entries }: MapExpr, scope: Scope, compiler: Compiler): Operand {
  const keys = entries.map(({ key }) => compiler.operand(key, scope));
  const values = entries.map(({ value }) => compiler.operand(value, scope));
  const pairs = entries.map((entry, i) => pairOf(entry, keys[i]!.run, values[i]!.run));
  const cost = pairs.length * ENTRY_COST;
  const build: Step = (frame) => (frame.spend(cost) ? mapOf(pairs, frame) : OVER_BUDGET);
  return compiler.strict(build, [...keys, ...values], cost);
}

function pairOf({ at, isOptional, key: { at: keyAt }, value }: Entry<Expr>, key: Step, run: Step): Pair {
  return { key, item: { run, isOptional, at: value.at }, at: keyAt < 0 ? at : keyAt };
}

function mapOf(pairs: readonly Pair[], frame: Frame): Result {
  const map = new MapBuilder();
  for (const { key, item, at } of pairs) {
    const name = key(frame);
    if (name instanceof Failure) return name;
    const value = itemValue(item, frame);
    if (value instanceof Failure) return value;
    const problem = value === undefined ? null : map.add(name, value, at);
    if (problem !== null) return problem;
  }
  return map.finish();
}

/** A map that grows entry by entry. */
export class MapBuilder {
  readonly #keys: Value[] = [];
  readonly #values = new Map<StoredKey, Value>();

  /** `null`: it was added. */
  add(key: Value, value: Value, at: number): Failure | null {
    const stored = typeof key === 'number' ? undefined : storedKey(key);
    if (stored === undefined) return noSuchOverload('{_: _}', [key, value], at);
    if (this.#values.has(stored)) return failure('a map has a key twice', at);
    this.#keys.push(key);
    this.#values.set(stored, value);
    return null;
  }

  finish(): FullMap {
    return new FullMap(this.#keys, this.#values);
  }
}

import type { Call, Expr, Fold } from '../syntax/ast.ts';
import { type FoldShape, shapeOf } from './fold-shape.ts';
import { roundWeight } from './weight.ts';

/** A list or map whose size is not known counts as so many items. */
export const UNKNOWN_ITEMS = 100;
/** A text whose length is not known counts as so many units of 16 bytes. */
export const UNKNOWN_TEXT = 10;

/** The most that an expression is thought to take, in units of the budget, and how large its value may become. */
export interface Estimate {
  readonly cost: number;
  /** Items, or units of text; `null`: not known. */
  readonly size: number | null;
  /** The same of each item. */
  readonly item: number | null;
}

type Variables = ReadonlyMap<string, Estimate>;

const UNKNOWN: Estimate = { cost: 1, size: null, item: null };
const SCALAR: Estimate = { cost: 1, size: 1, item: null };

/** Rounds of folds multiply; everything else adds up. */
export function estimateCost(expr: Expr): number {
  return estimate(expr, new Map()).cost;
}

function estimate(expr: Expr, variables: Variables): Estimate {
  switch (expr.kind) {
    case 'constant':
      return { ...SCALAR, size: typeof expr.value === 'string' ? units(expr.value.length) : 1 };
    case 'name':
      return variables.get(expr.name) ?? UNKNOWN;
    case 'select':
      return { ...UNKNOWN, cost: 1 + estimate(expr.operand, variables).cost };
    case 'call':
      return estimateCall(expr, variables);
    case 'list':
      return ofItems(expr.elements.map((element) => estimate(element, variables)));
    case 'map':
      return ofItems(
        expr.entries.flatMap(({ key, value }) => [estimate(key, variables), estimate(value, variables)]),
        expr.entries.length,
      );
    case 'message':
      return SCALAR;
    case 'fold':
      return estimateFold(expr, variables);
  }
}

function units(length: number): number {
  return 1 + (length >>> 4);
}

function ofItems(items: readonly Estimate[], size = items.length): Estimate {
  return { cost: 1 + sum(items.map(({ cost }) => cost)), size, item: largest(items.map((item) => item.size)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `null` when one is not known. */
function largest(sizes: readonly (number | null)[]): number | null {
  return sizes.includes(null) ? null : Math.max(1, ...(sizes as number[]));
}

function estimateCall({ name, target, args }: Call, variables: Variables): Estimate {
  const parts = (target === null ? args : [target, ...args]).map((arg) => estimate(arg, variables));
  const cost = 1 + sum(parts.map((part) => part.cost));
  if (name === '_+_') return concatenation(parts, cost);
  if (name === '_?_:_') return { cost, size: largest(parts.slice(1).map(({ size }) => size)), item: null };
  if (OPERATOR.test(name)) return { ...UNKNOWN, cost };
  return { ...UNKNOWN, cost: cost + sum(parts.map(({ size }) => size ?? UNKNOWN_TEXT)) };
}

const OPERATOR = /[_@!]/;

function concatenation(parts: readonly Estimate[], cost: number): Estimate {
  const known = parts.flatMap(({ size }) => size ?? []);
  const size = known.length === parts.length ? sum(known) : null;
  return { cost: cost + sum(known), size, item: largest(parts.map(({ item }) => item)) };
}

function estimateFold(fold: Fold, variables: Variables): Estimate {
  const range = estimate(fold.range, variables);
  const initial = estimate(fold.initial, variables);
  const shape = shapeOf(fold);
  const accumulator: Estimate = shape.kind === 'bind' ? { ...initial, cost: 1 } : UNKNOWN;
  const accumulated = new Map(variables).set(fold.accumulator, accumulator);
  const body = new Map(accumulated).set(fold.item, { cost: 1, size: range.item, item: null });
  if (fold.item2 !== null) body.set(fold.item2, { cost: 1, size: range.item, item: null });
  const round = sum([fold.condition, fold.step].map((part) => estimate(part, body).cost));
  const rounds = range.size ?? UNKNOWN_ITEMS;
  const result = estimate(fold.result, accumulated);
  const cost = range.cost + initial.cost + rounds * Math.max(round, roundWeight(fold)) + result.cost;
  return { ...sizeOf(shape, rounds, result), cost };
}

/** Items are not looked into again: that would double the work with each fold inside another. */
function sizeOf({ kind }: FoldShape, rounds: number, result: Estimate): Omit<Estimate, 'cost'> {
  if (kind === 'bind') return result;
  return kind === 'list' || kind === 'map' ? { size: rounds, item: null } : { size: 1, item: null };
}

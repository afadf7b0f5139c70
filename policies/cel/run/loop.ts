import { OVER_BUDGET } from '../../values/budget.ts';
import { Failure } from '../../values/failure.ts';
import { intOf } from '../../values/integer.ts';
import { MapValue } from '../../values/map.ts';
import type { ListValue, Result, Value } from '../../values/value.ts';
import type { Expr, Fold } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchOverload } from './failures.ts';
import type { Frame, Operand } from './frame.ts';
import type { Scope } from './scope.ts';
import { roundWeight } from './weight.ts';

/** What the loops of all shapes need. */
export interface Loop {
  readonly range: Operand;
  readonly slots: Slots;
  /** Units that each round takes. */
  readonly weight: number;
  readonly at: number;
  /** A part of the body, which sees the variables of the fold. */
  readonly compile: (expr: Expr) => Operand;
}

/** Numbers of the variables; -1 where there is no second one. */
interface Slots {
  readonly item: number;
  readonly item2: number;
}

/** `outer` is what the range sees, which has no accumulator. */
export function loopOf(fold: Fold, scope: Scope, compiler: Compiler, outer = scope): Loop {
  const first = scope.with(fold.item);
  const inner = fold.item2 === null ? first : first.with(fold.item2);
  return {
    range: compiler.operand(fold.range, outer),
    slots: { item: first.slot, item2: fold.item2 === null ? -1 : inner.slot },
    weight: roundWeight(fold),
    at: fold.at,
    compile: (expr) => compiler.operand(expr, inner),
  };
}

/** What a fold goes through: the items of a list, the keys of a map. */
export function itemsOf(range: Result, at: number, frame: Frame): ListValue | Failure {
  if (range instanceof Failure) return range;
  if (Array.isArray(range)) return range;
  if (!(range instanceof MapValue)) return noSuchOverload('@fold', [range as Value], at);
  return frame.spend(range.size) ? [...range.keys()] : OVER_BUDGET;
}

/** Sets the variables for round `i`. */
export function enter(frame: Frame, { item, item2 }: Slots, range: Result, items: ListValue, i: number): void {
  const { slots } = frame;
  if (item2 < 0) slots[item] = items[i]!;
  else if (range instanceof MapValue) setEntry(slots, item, item2, range, items[i]!);
  else {
    slots[item] = intOf(i);
    slots[item2] = items[i]!;
  }
}

function setEntry(slots: Result[], item: number, item2: number, map: MapValue, key: Value): void {
  slots[item] = key;
  slots[item2] = map.get(key) ?? null;
}

import { OVER_BUDGET, spendKey } from '../../values/budget.ts';
import { equal } from '../../values/equal.ts';
import { Failure } from '../../values/failure.ts';
import { KeySet, keyCost } from '../../values/key-set.ts';
import { MapValue } from '../../values/map.ts';
import type { ListValue, Result, Value } from '../../values/value.ts';
import type { Call } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchOverload, placed } from './failures.ts';
import type { Frame, Operand, Step } from './frame.ts';
import type { Scope } from './scope.ts';

/** Units that an item takes which is compared. */
const ITEM_COST = 3;

/** `value in list`, `key in map` */
export function compileIn(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [item, container] = call.args.map((arg) => compiler.operand(arg, scope));
  const known = container!.cost === 0 ? keysOf(container!.constant) : null;
  const units = call.args[1]!.kind === 'list' ? 0 : searchUnits(container!.constant);
  const step = known === null ? isIn(item!.run, container!.run, call) : isKnown(paying(item!.run, units), known);
  return compiler.strict(step, [item!, container!]);
}

/** The items of a constant list, when all of them can be looked up. */
function keysOf(list: Value | undefined): KeySet | null {
  return Array.isArray(list) ? KeySet.of(list) : null;
}

/** What looking for an item in a list takes; of one that is written in the expression, its source is limit enough. */
function searchUnits(list: Value | undefined): number {
  return Array.isArray(list) ? list.length >>> 2 : 0;
}

function paying(item: Step, units: number): Step {
  if (units === 0) return item;
  return (frame) => {
    const value = item(frame);
    return value instanceof Failure || frame.spend(units) ? value : OVER_BUDGET;
  };
}

function isKnown(item: Step, known: KeySet): Step {
  return (frame) => {
    const value = item(frame);
    if (typeof value === 'string') return known.hasText(value);
    if (value instanceof Failure) return value;
    return frame.spend(keyCost(value)) ? known.has(value) === true : OVER_BUDGET;
  };
}

function isIn(item: Step, container: Step, { name, at }: Call): Step {
  return (frame) => {
    const value = item(frame);
    if (value instanceof Failure) return value;
    const within = container(frame);
    if (within instanceof Failure) return within;
    if (within instanceof MapValue) return spendKey(value, frame) ? within.get(value) !== undefined : OVER_BUDGET;
    return Array.isArray(within)
      ? placed(isAmong(value, within, frame), at)
      : noSuchOverload(name, [value, within], at);
  };
}

function isAmong(value: Value, list: ListValue, frame: Frame): Result {
  if (typeof value === 'string') {
    return frame.spend((list.length >>> 2) * (1 + (value.length >>> 5))) ? list.includes(value) : OVER_BUDGET;
  }
  if (!frame.spend(list.length * ITEM_COST)) return OVER_BUDGET;
  for (let i = 0; i < list.length; i++) {
    const same = equal(value, list[i]!, frame);
    if (same !== false) return same;
  }
  return false;
}

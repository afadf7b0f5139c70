import { NUMBER_KEY_COST, OVER_BUDGET, spendKey } from '../../values/budget.ts';
import { equal } from '../../values/equal.ts';
import { Failure } from '../../values/failure.ts';
import { MapValue, type StoredKey, storedKey, storedName } from '../../values/map.ts';
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

/** The items of a constant list, when equal items are exactly those with equal keys. */
function keysOf(list: Value | undefined): ReadonlySet<StoredKey> | null {
  if (!Array.isArray(list)) return null;
  const keys = list.map((item: Value) => storedKey(item));
  return keys.includes(undefined) ? null : new Set(keys as StoredKey[]);
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

function isKnown(item: Step, known: ReadonlySet<StoredKey>): Step {
  return (frame) => {
    const value = item(frame);
    if (typeof value === 'string') return known.has(storedName(value));
    if (value instanceof Failure) return value;
    if (!frame.spend(NUMBER_KEY_COST)) return OVER_BUDGET;
    const key = storedKey(value);
    return key !== undefined && known.has(key);
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

import { compare } from '../../values/compare.ts';
import { equal } from '../../values/equal.ts';
import { Failure } from '../../values/failure.ts';
import type { Value } from '../../values/value.ts';
import type { Call } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchOverload, placed } from './failures.ts';
import type { Frame, Operand, Step } from './frame.ts';
import type { Scope } from './scope.ts';

export function compileEqual(call: Call, scope: Scope, compiler: Compiler): Operand {
  return equality(call, true, scope, compiler);
}

export function compileNotEqual(call: Call, scope: Scope, compiler: Compiler): Operand {
  return equality(call, false, scope, compiler);
}

function equality(call: Call, wanted: boolean, scope: Scope, compiler: Compiler): Operand {
  const [left, right] = call.args.map((arg) => compiler.operand(arg, scope));
  const text = right!.cost === 0 ? right!.constant : undefined;
  const step =
    typeof text === 'string' ? equalsText(left!.run, text, wanted) : equals(left!.run, right!.run, wanted, call.at);
  return compiler.strict(step, [left!, right!]);
}

function equalsText(left: Step, text: string, wanted: boolean): Step {
  return (frame) => {
    const result = left(frame);
    if (result === text) return wanted;
    return result instanceof Failure ? result : !wanted;
  };
}

function equals(left: Step, right: Step, wanted: boolean, at: number): Step {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    const same = equal(a, b, frame);
    return typeof same === 'boolean' ? same === wanted : placed(same, at);
  };
}

/** What the order of two values says, as a number below, at or above zero. */
const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '_<_': (order) => order < 0,
  '_<=_': (order) => order <= 0,
  '_>_': (order) => order > 0,
  '_>=_': (order) => order >= 0,
};

export function compileOrder(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [left, right] = call.args.map((arg) => compiler.operand(arg, scope));
  return compiler.strict(ordered(left!.run, right!.run, call), [left!, right!]);
}

function ordered(left: Step, right: Step, { name, at }: Call): Step {
  const holds = ORDERS[name]!;
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    const order = compareFast(a, b, frame);
    if (typeof order === 'number') return holds(order);
    return order === undefined ? noSuchOverload(name, [a, b], at) : placed(order, at);
  };
}

function compareFast(a: Value, b: Value, frame: Frame): number | undefined | Failure {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  return compare(a, b, frame);
}

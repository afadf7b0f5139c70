import { OVER_BUDGET, spendKey } from '../../values/budget.ts';
import { Failure } from '../../values/failure.ts';
import { MapValue, storedKey } from '../../values/map.ts';
import { type ListValue, Optional, type Result, Uint, type Value } from '../../values/value.ts';
import type { Call } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchKey, noSuchOverload } from './failures.ts';
import { optionalField } from './field.ts';
import type { Operand, Step } from './frame.ts';
import { compileParent } from './path.ts';
import type { Scope } from './scope.ts';

/** `operand[index]` where the index is no constant text. */
export function compileIndex(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [container, index] = call.args.map((arg) => compiler.operand(arg, scope));
  const step = onValues(container!.run, index!.run, (value, key) => valueAt(value, key, call.at));
  return compiler.strict(step, [container!, index!]);
}

/** `operand[?index]` */
export function compileOptionalIndex(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [container, index] = call.args.map((arg) => compiler.operand(arg, scope));
  const step = onValues(container!.run, index!.run, (value, key) => optionalAt(value, key, call.at));
  return compiler.strict(step, [container!, index!]);
}

/** `operand.?field`; the field is a constant text. */
export function compileOptionalField(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [parent, field] = call.args;
  const name = field?.kind === 'constant' && typeof field.value === 'string' ? field.value : '';
  const whole = compileParent(parent!, name, scope, compiler);
  const { run } = whole;
  const read: Step = (frame) => {
    const value = run(frame);
    return value instanceof Failure ? value : ofOptional(value, (inner) => optionalField(inner, name, call.at));
  };
  return compiler.strict(read, [whole]);
}

function onValues(left: Step, right: Step, apply: (a: Value, b: Value) => Result): Step {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    return spendKey(b, frame) ? apply(a, b) : OVER_BUDGET;
  };
}

/** Reads through an optional value; nothing has nothing in it. */
function ofOptional(value: Value, read: (value: Value) => Result): Result {
  if (!(value instanceof Optional)) return read(value);
  return value.value === undefined ? value : read(value.value);
}

function valueAt(value: Value, key: Value, at: number): Result {
  if (value instanceof Optional) return optionalAt(value, key, at);
  const found = find(value, key, '_[_]', at);
  return found === undefined ? noSuchIndex(value, at) : found;
}

function optionalAt(value: Value, key: Value, at: number): Result {
  return ofOptional(value, (inner) => {
    const found = find(inner, key, '_[?_]', at);
    if (found instanceof Failure) return found;
    return found === undefined ? Optional.NONE : new Optional(found);
  });
}

function noSuchIndex(value: Value, at: number): Failure {
  return value instanceof MapValue ? noSuchKey(null, at) : new Failure('missing', 'index out of bounds', at);
}

function find(value: Value, key: Value, name: string, at: number): Result | undefined {
  if (value instanceof MapValue && isKey(key)) return value.get(key);
  const index = Array.isArray(value) ? indexOf(key) : undefined;
  return index === undefined ? noSuchOverload(name, [value, key], at) : (value as ListValue)[index];
}

/** Doubles are keys too, though only whole ones are ever found. */
function isKey(key: Value): boolean {
  return typeof key === 'number' || storedKey(key) !== undefined;
}

/** -1: no list has such an index. */
function indexOf(key: Value): number | undefined {
  const integer = key instanceof Uint ? key.value : key;
  if (typeof integer === 'bigint') return integer >= 0n && integer <= 0xffff_ffffn ? Number(integer) : -1;
  return typeof integer === 'number' && Number.isInteger(integer) ? integer : undefined;
}

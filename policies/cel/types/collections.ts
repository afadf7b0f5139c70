import type { Expr, ListExpr, MapExpr, MessageExpr } from '../syntax/ast.ts';
import { isAssignable } from './assign.ts';
import type { Checking } from './checking.ts';
import { isAnything, mostGeneral } from './parts.ts';
import type { TypeScope } from './scope.ts';
import { DYN, ERROR, listOf, mapOf, optionalOf, type Type } from './type.ts';

export function typeOfList({ elements, optional }: ListExpr, scope: TypeScope, checking: Checking): Type {
  const types = elements.map((element, i) => typeOfPart(element, optional.includes(i), scope, checking));
  return listOf(joinAll(types, checking));
}

export function typeOfMap({ entries }: MapExpr, scope: TypeScope, checking: Checking): Type {
  const keys: Type[] = [];
  const values: Type[] = [];
  for (const { key, value, isOptional } of entries) {
    keys.push(typeOfKey(key, scope, checking));
    values.push(typeOfPart(value, isOptional, scope, checking));
  }
  return mapOf(joinAll(keys, checking), joinAll(values, checking));
}

/** As cel-go, which leaves double and null to the evaluation. */
const KEYS: ReadonlySet<Type['kind']> = new Set([
  'bool',
  'int',
  'uint',
  'string',
  'double',
  'null',
  'dyn',
  'param',
  'error',
]);

function typeOfKey(key: Expr, scope: TypeScope, checking: Checking): Type {
  const type = checking.check(key, scope);
  if (KEYS.has(type.kind)) return type;
  checking.tell(key.at, `a key of a map must be a string, int, uint or bool; this is ${checking.text(type)}`);
  return ERROR;
}

/** What is written with `?` has to be optional, and counts as what it holds. */
function typeOfPart(expr: Expr, isOptional: boolean, scope: TypeScope, checking: Checking): Type {
  const type = checking.check(expr, scope);
  if (!isOptional || isAnything(type)) return type;
  if (type.kind === 'optional') return type.of;
  checking.expect(optionalOf(type), type, expr);
  return ERROR;
}

/** What all of them are; `dyn` when they differ. Not yet known where there is none. */
function joinAll(types: readonly Type[], checking: Checking): Type {
  if (types.length === 0) return checking.variables.fresh();
  return types.reduce((joined, type) =>
    isAssignable(joined, type, checking.variables) ? mostGeneral(joined, type) : DYN,
  );
}

/** There are no messages; what is written in one is looked at all the same. */
export function typeOfMessage({ name, entries, at }: MessageExpr, scope: TypeScope, checking: Checking): Type {
  checking.tell(at, `${name}{…} cannot be constructed: there are no messages here`, INSTEAD.get(name) ?? null);
  for (const { value } of entries) checking.check(value, scope);
  return ERROR;
}

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['google.protobuf.Timestamp', 'write timestamp("2026-01-31T12:00:00Z")'],
  ['google.protobuf.Duration', 'write duration("1h30m")'],
]);

import { isAnything, isSameKind, isSameType, mostGeneral, partsOf } from './parts.ts';
import { DYN, mapOf, type Param, STRING, type Type } from './type.ts';
import type { TypeVariables } from './variables.ts';

/** Types that `null` may stand for, beside its own: those whose values may be nothing. */
const NULLABLE: ReadonlySet<Type['kind']> = new Set(['null', 'timestamp', 'duration', 'object', 'opaque', 'optional']);

/** An object is read as this where a map is asked for. */
const AS_MAP = mapOf(STRING, DYN);

/** Whether a value of type `from` can stand where `to` is asked for. Variables are bound only when it can. */
export function isAssignable(from: Type, to: Type, variables: TypeVariables): boolean {
  return variables.attempt(() => assign(from, to, variables, 0));
}

export function areAssignable(from: readonly Type[], to: readonly Type[], variables: TypeVariables): boolean {
  return variables.attempt(() => assignAll(from, to, variables, 0));
}

function assignAll(from: readonly Type[], to: readonly Type[], variables: TypeVariables, depth: number): boolean {
  return from.length === to.length && from.every((type, i) => assign(type, to[i]!, variables, depth));
}

function assign(from: Type, to: Type, variables: TypeVariables, depth: number): boolean {
  if (!variables.step(depth)) return true;
  if (to.kind === 'param') {
    const matched = match(from, to, variables, depth);
    if (matched !== 'occurs') return matched;
  }
  if (from.kind === 'param') return match(to, from, variables, depth) === true;
  if (isAnything(from) || isAnything(to)) return true;
  if (from.kind === 'null') return NULLABLE.has(to.kind);
  if (to.kind === 'null') return NULLABLE.has(from.kind);
  return assignKnown(from, to, variables, depth);
}

function assignKnown(from: Type, to: Type, variables: TypeVariables, depth: number): boolean {
  if (from.kind === 'type') return to.kind === 'type';
  if (from.kind === 'object' && to.kind === 'map') return assign(AS_MAP, to, variables, depth + 1);
  if (from.kind === 'map' && to.kind === 'object') return assign(from, AS_MAP, variables, depth + 1);
  return isSameKind(from, to) && assignAll(partsOf(from), partsOf(to), variables, depth + 1);
}

/** Binds a variable, or finds that it may be what `type` is. `occurs`: it is a part of `type`, and cannot be that. */
function match(type: Type, variable: Param, variables: TypeVariables, depth: number): boolean | 'occurs' {
  if (isSameType(type, variable)) return true;
  const bound = variables.find(variable);
  if (bound === undefined) {
    if (occurs(variable, type, variables, depth)) return 'occurs';
    variables.bind(variable, type);
    return true;
  }
  if (isSameType(type, bound)) return true;
  if (!assign(type, bound, variables, depth + 1)) return false;
  const general = mostGeneral(type, bound);
  if (!occurs(variable, general, variables, depth)) variables.bind(variable, general);
  return true;
}

function occurs(variable: Param, type: Type, variables: TypeVariables, depth: number): boolean {
  if (!variables.step(depth)) return false;
  if (type.kind !== 'param') return partsOf(type).some((part) => occurs(variable, part, variables, depth + 1));
  if (type.name === variable.name) return true;
  const bound = variables.find(type);
  return bound !== undefined && occurs(variable, bound, variables, depth + 1);
}

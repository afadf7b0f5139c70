import { DEFAULT_LIMITS, type Environment } from '../../../policies/cel/environment.ts';
import { FUNCTIONS } from '../../../policies/cel/library/functions.ts';
import type { Overload } from '../../../policies/cel/library/overload.ts';
import { ALL_MACROS } from '../../../policies/cel/syntax/macros/all.ts';
import type { Type } from '../../../policies/cel/types/type.ts';
import { failure } from '../../../policies/values/failure.ts';
import type { Original } from './data.ts';
import { type Declaration, typeFrom } from './json-forms.ts';

/** What the expression of a test may name. */
export function environmentFor({ container = '', typeEnv = [] }: Original): Environment {
  const variables = new Map<string, Type>();
  for (const { name, ident } of typeEnv) if (ident !== undefined) variables.set(name, typeFrom(ident.type));
  const functions = new Map(FUNCTIONS);
  for (const one of typeEnv) {
    const declared = overloadsOf(one);
    if (declared.length > 0) functions.set(one.name, [...(functions.get(one.name) ?? []), ...declared]);
  }
  return { container, variables, functions, limits: DEFAULT_LIMITS, macros: ALL_MACROS };
}

/** Declared functions have no implementation. */
function overloadsOf({ name, function: declared }: Declaration): Overload[] {
  return (declared?.overloads ?? []).map(({ overloadId, params = [], resultType, isInstanceFunction = false }) => ({
    id: overloadId,
    name,
    isMethod: isInstanceFunction,
    params: params.map(typeFrom),
    result: typeFrom(resultType),
    run: { arity: 'any', fn: () => failure('unbound function') },
  }));
}

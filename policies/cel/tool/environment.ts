import { CONTEXT_TYPE } from '../context-type.ts';
import { DEFAULT_LIMITS, type Environment } from '../environment.ts';
import { FUNCTIONS } from '../library/functions.ts';
import { ALL_MACROS } from '../syntax/macros/all.ts';
import { DYN, mapOf, STRING, type Type } from '../types/type.ts';

const ATTRS: Type = mapOf(STRING, DYN);

/** What expressions of policies may name, and these variables. */
export function environmentOf(container: string, variables: Iterable<readonly [string, Type]>): Environment {
  return {
    container,
    variables: new Map([['ctx', CONTEXT_TYPE], ['attrs', ATTRS], ...variables]),
    functions: FUNCTIONS,
    limits: DEFAULT_LIMITS,
    macros: ALL_MACROS,
  };
}

import type { Overload } from '../library/overload.ts';
import { areAssignable } from './assign.ts';
import { isSameType, partsOf, withParts } from './parts.ts';
import { DYN, type Param, type Type } from './type.ts';
import type { TypeVariables } from './variables.ts';

export interface Resolved {
  readonly overloads: readonly Overload[];
  readonly result: Type;
}

/** The forms that take arguments of these types; `null` when there is none. */
export function resolve(
  overloads: readonly Overload[],
  args: readonly Type[],
  variables: TypeVariables,
): Resolved | null {
  const taken: Overload[] = [];
  let result: Type | null = null;
  for (const overload of overloads) {
    const own = resultFor(overload, args, variables);
    if (own === null) continue;
    taken.push(overload);
    result = result === null || isSameType(own, result) ? own : DYN;
  }
  return result === null ? null : { overloads: taken, result };
}

function resultFor(overload: Overload, args: readonly Type[], variables: TypeVariables): Type | null {
  const own = new Map<string, Param>();
  const params = overload.params.map((type) => instantiate(type, own, variables));
  if (!areAssignable(args, params, variables)) return null;
  return variables.resolve(instantiate(overload.result, own, variables));
}

/** Each call has type parameters of its own. */
function instantiate(type: Type, own: Map<string, Param>, variables: TypeVariables): Type {
  if (type.kind === 'param') {
    const known = own.get(type.name) ?? variables.fresh();
    own.set(type.name, known);
    return known;
  }
  const parts = partsOf(type);
  return parts.length === 0
    ? type
    : withParts(
        type,
        parts.map((part) => instantiate(part, own, variables)),
      );
}

const ORDERS: ReadonlySet<string> = new Set(['_<_', '_<=_', '_>_', '_>=_']);

/** Whether a form compares numbers of different types. */
export function isMixedOrder({ name, params }: Overload): boolean {
  return ORDERS.has(name) && params[0]?.kind !== params[1]?.kind;
}

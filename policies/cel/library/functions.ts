import { EXTENSIONS } from './extensions/all.ts';
import type { Overload } from './overload.ts';
import { STANDARD } from './standard/all.ts';

export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

/** By name, in the order in which they are given. */
export function functionTable(overloads: readonly Overload[]): FunctionTable {
  const table = new Map<string, Overload[]>();
  for (const overload of overloads) {
    const known = table.get(overload.name);
    if (known === undefined) table.set(overload.name, [overload]);
    else known.push(overload);
  }
  return table;
}

/** @throws when two forms have one id. */
function withOwnIds(overloads: readonly Overload[]): readonly Overload[] {
  const ids = new Set<string>();
  for (const { id } of overloads) {
    if (ids.has(id)) throw new Error(`two functions have the id "${id}"`);
    ids.add(id);
  }
  return overloads;
}

/** Every function that an expression may call. */
export const FUNCTIONS: FunctionTable = functionTable(withOwnIds([...STANDARD, ...EXTENSIONS]));

import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import type { Expansion } from './expansion.ts';

/** A call that the parser replaces by what it stands for. */
export interface Macro {
  readonly name: string;
  /** `method`: of any target; `function`: of none; else the name that stands before the dot, `cel` of `cel.bind`. */
  readonly of: 'method' | 'function' | { readonly namespace: string };
  readonly arity: number | 'any';
  /** `args` are as many as `arity` says; `target` is there for a method. */
  readonly expand: (parts: MacroParts, make: Expansion) => Expr | Problem;
}

export interface MacroParts {
  readonly target: Expr | null;
  readonly args: readonly Expr[];
}

/** By what `macroKey` gives. */
export type MacroTable = ReadonlyMap<string, Macro>;

export function macroTable(macros: readonly Macro[]): MacroTable {
  return new Map(macros.map((macro) => [macroKey(macro.name, macro.of !== 'function', macro.arity), macro]));
}

/** The macro that a call is, when it is one. */
export function findMacro(table: MacroTable, name: string, target: Expr | null, arity: number): Macro | null {
  const hasTarget = target !== null;
  const macro = table.get(macroKey(name, hasTarget, arity)) ?? table.get(macroKey(name, hasTarget, 'any'));
  if (macro === undefined) return null;
  if (typeof macro.of === 'string') return macro;
  return target?.kind === 'name' && target.name === macro.of.namespace ? macro : null;
}

function macroKey(name: string, hasTarget: boolean, arity: number | 'any'): string {
  return `${hasTarget ? 'method' : 'function'} ${name}/${arity}`;
}

import { EXPRESSION_BUDGET } from '../values/decision-budget.ts';
import type { Overload } from './library/overload.ts';
import type { MacroTable } from './syntax/macros/macro.ts';
import type { Type } from './types/type.ts';

/** What an expression may name. */
export interface Environment {
  /** The namespace that names are looked up in first: `a.b`; usually empty. */
  readonly container: string;
  /** Declared variables, by their full name. */
  readonly variables: ReadonlyMap<string, Type>;
  /** Functions by name: `size`, `_+_`, `net.isIP`. */
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  /**
   * Whether numbers of different types have an order where both types are known: `1 < 1.5`. The specification lets
   * them; the checker of cel-go, which its tests are made with, does not. Where one is `dyn`, they always have.
   */
  readonly comparesMixedNumbers?: boolean;
  readonly limits: Limits;
  /** Those of the language and its extensions, unless others are given. */
  readonly macros?: MacroTable;
}

/** What an expression may be like, and may take. */
export interface Limits {
  /** UTF-16 units. */
  readonly sourceLength: number;
  /** Of nesting, macros expanded. */
  readonly depth: number;
  readonly nodes: number;
  /** An expression whose estimated worst cost is above is refused when it is compiled. */
  readonly estimatedCost: number;
  /** Units that one evaluation may spend. */
  readonly budget: number;
}

export const DEFAULT_LIMITS: Limits = {
  sourceLength: 10_000,
  depth: 100,
  nodes: 5_000,
  estimatedCost: 10_000_000,
  budget: EXPRESSION_BUDGET,
};

import type { Failure } from '../../values/failure.ts';
import type { Result, Value } from '../../values/value.ts';
import type { Type } from '../types/type.ts';

/** What an implementation may know of the evaluation that calls it. */
export interface Caller {
  /** Milliseconds since 1970: one evaluation sees one time. */
  readonly time: number;
  /** Takes `units` of what the evaluation may still spend; `false` when it has spent all. One unit is about one
   * elementary step, or 16 bytes of text that are copied. */
  spend(units: number): boolean;
}

/**
 * One form of a function. `params` begins with the target of a method. Implementations get arguments of exactly these
 * types at run time (`dyn` and parameters: anything; of lists and maps nothing is known but that they are ones), never a
 * `Failure`, and give a `Failure` instead of throwing.
 */
export interface Overload {
  /** As in cel-go: `contains_string`. */
  readonly id: string;
  readonly name: string;
  readonly isMethod: boolean;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly run: Run;
  /** The result may differ from one moment to the next, as of `now()`: never computed ahead. */
  readonly isVolatile?: boolean;
  /**
   * Asked when an expression is compiled, with the arguments that are constants: gives what runs instead, such as one
   * that has compiled its pattern, or why these arguments can never do. What it gives takes all arguments too.
   */
  readonly prepare?: (args: readonly (Value | undefined)[]) => Run | Failure;
}

/** By the number of arguments, so that calls allocate no array. `caller` comes last. */
export type Run =
  | { readonly arity: 0; readonly fn: (caller: Caller) => Result }
  | { readonly arity: 1; readonly fn: (a: never, caller: Caller) => Result }
  | { readonly arity: 2; readonly fn: (a: never, b: never, caller: Caller) => Result }
  | { readonly arity: 3; readonly fn: (a: never, b: never, c: never, caller: Caller) => Result }
  | { readonly arity: 'any'; readonly fn: (args: readonly Value[], caller: Caller) => Result };

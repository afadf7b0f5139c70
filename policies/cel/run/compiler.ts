import { Failure } from '../../values/failure.ts';
import type { Value } from '../../values/value.ts';
import type { Environment } from '../environment.ts';
import type { Overload } from '../library/overload.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Problem } from '../syntax/problem.ts';
import { constantOperand, Frame, type Operand, operand, type Step } from './frame.ts';
import type { Scope } from './scope.ts';

/** What the checker found out about the nodes of a tree, by their id. */
export interface Resolution {
  /** The full name of the variable or type that the node stands for. */
  nameOf(id: number): string | undefined;
  /** The forms that the call may take. */
  overloadsOf(id: number): readonly Overload[] | undefined;
}

/** Of a tree that nobody has checked. */
export const UNRESOLVED: Resolution = { nameOf: () => undefined, overloadsOf: () => undefined };

export interface CompilerParts {
  readonly environment: Environment;
  readonly resolution: Resolution;
  /** Whether the value of every sub-expression is kept; nothing is computed ahead or fused then. */
  readonly isTraced: boolean;
  readonly compile: (expr: Expr, scope: Scope, compiler: Compiler) => Operand;
}

/** What computing ahead may take; what takes more is left to the evaluation. */
const AHEAD = 10_000;

/** The compilation of one expression. */
export class Compiler {
  readonly environment: Environment;
  readonly resolution: Resolution;
  readonly isTraced: boolean;
  readonly problems: Problem[] = [];
  /** What the expression reads: the longest paths that are known ahead, and calls of volatile functions. */
  readonly reads = new Set<string>();
  readonly #compile: CompilerParts['compile'];
  #slots = 0;

  constructor({ environment, resolution, isTraced, compile }: CompilerParts) {
    this.environment = environment;
    this.resolution = resolution;
    this.isTraced = isTraced;
    this.#compile = compile;
  }

  /** How many slots a frame needs. */
  get slots(): number {
    return this.#slots;
  }

  operand(expr: Expr, scope: Scope): Operand {
    if (scope.slot >= this.#slots) this.#slots = scope.slot + 1;
    return this.traced(expr.id, this.#compile(expr, scope, this));
  }

  traced(id: number, one: Operand): Operand {
    if (!this.isTraced) return one;
    const { run } = one;
    return operand((frame) => {
      const result = run(frame);
      frame.seen?.set(id, result);
      return result;
    });
  }

  /** An operation on `parts`, computed now when they all are constants and it succeeds. */
  strict(run: Step, parts: readonly Operand[]): Operand {
    if (this.isTraced || parts.some(({ constant }) => constant === undefined)) return operand(run);
    const value = ahead(run, this.#slots);
    return value === undefined ? operand(run) : constantOperand(value);
  }
}

/** The value of a step that reads no binding; `undefined` when it fails. */
export function ahead(run: Step, slots: number): Value | undefined {
  const frame = new Frame(slots);
  frame.left = AHEAD;
  try {
    const result = run(frame);
    return result instanceof Failure || frame.left < 0 ? undefined : result;
  } catch {
    return undefined;
  }
}

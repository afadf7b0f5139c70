import { OVER_BUDGET } from '../values/budget.ts';
import type { DecisionBudget } from '../values/decision-budget.ts';
import { Failure, failure } from '../values/failure.ts';
import type { Result, Value } from '../values/value.ts';
import type { Environment } from './environment.ts';
import { compileTree } from './run/compile.ts';
import { ahead, type Resolution } from './run/compiler.ts';
import { type Bindings, Frame, NO_BINDINGS, type Operand } from './run/frame.ts';
import type { Syntax } from './syntax/ast.ts';
import type { Problem } from './syntax/problem.ts';
import type { Type } from './types/type.ts';

/** The value of an expression and of its parts, for explanations. */
export interface Trace {
  readonly result: Result;
  /** By the `id` of the node; what was not evaluated has none. Inside a fold: of its last round. */
  readonly values: ReadonlyMap<number, Result>;
}

/** An expression that is ready to be evaluated. */
export interface Expression {
  readonly syntax: Syntax;
  /** What it gives; `dyn` when it was not checked. */
  readonly type: Type;
  /** Its value is the same whatever the bindings and the time, and known. */
  readonly isConstant: boolean;
  /**
   * What it reads: paths such as `ctx.request.http.path`, as long as they are known ahead, a dot inside a key as `\.`, a backslash as `\\`;
   * `now()` for a volatile call.
   */
  readonly names: ReadonlySet<string>;
  /** The same expression where the values of these variables are known; they must be bound to the same ones. */
  knowing(given: ReadonlyMap<string, Value>): Expression;
  /**
   * Never throws.
   *
   * @param time milliseconds since 1970
   * @param shared what it and others may take together, beside what it may take alone; `null`: that is all
   */
  run(bindings: Bindings, time: number, shared?: DecisionBudget | null): Result;
  trace(bindings: Bindings, time: number, shared?: DecisionBudget | null): Trace;
}

export interface ExpressionParts {
  readonly syntax: Syntax;
  readonly type: Type;
  readonly environment: Environment;
  readonly resolution: Resolution;
  /** Variables whose value is known. */
  readonly given?: ReadonlyMap<string, Value>;
}

export class CompiledExpression implements Expression {
  readonly syntax: Syntax;
  readonly type: Type;
  readonly isConstant: boolean;
  readonly names: ReadonlySet<string>;
  /** Arguments that a function can never take. */
  readonly problems: readonly Problem[];
  readonly #parts: ExpressionParts;
  readonly #program: Program;
  #traced: Program | null = null;

  constructor(parts: ExpressionParts) {
    const { root, compiler } = compileTree(parts.syntax.expr, { ...parts, isTraced: false });
    const { reads, slots, problems } = compiler;
    const known = reads.size === 0 ? ahead(root.run, slots) : undefined;
    this.syntax = parts.syntax;
    this.type = parts.type;
    this.names = reads;
    this.isConstant = known !== undefined;
    this.problems = problems;
    this.#parts = parts;
    this.#program = new Program(known ?? root, slots, parts.environment);
  }

  knowing(given: ReadonlyMap<string, Value>): Expression {
    return new CompiledExpression({ ...this.#parts, given });
  }

  run(bindings: Bindings, time: number, shared: DecisionBudget | null = null): Result {
    return this.#program.run(bindings, time, shared, null);
  }

  trace(bindings: Bindings, time: number, shared: DecisionBudget | null = null): Trace {
    this.#traced ??= this.#compileTraced();
    const values = new Map<number, Result>();
    return { result: this.#traced.run(bindings, time, shared, values), values };
  }

  #compileTraced(): Program {
    const { environment, resolution, syntax } = this.#parts;
    const { root, compiler } = compileTree(syntax.expr, { environment, resolution, isTraced: true });
    return new Program(root, compiler.slots, environment);
  }
}

const OVER_DECISION = new Failure('cost', 'the conditions of the request take more together than they may');

class Program {
  readonly #run: Operand['run'];
  readonly #slots: number;
  readonly #budget: number;
  /** The frame of the evaluation before; `null` while it is in use. */
  #idle: Frame | null = null;

  constructor({ run }: Operand, slots: number, { limits }: Environment) {
    this.#run = run;
    this.#slots = slots;
    this.#budget = limits.budget;
  }

  run(bindings: Bindings, time: number, shared: DecisionBudget | null, seen: Map<number, Result> | null): Result {
    const frame = this.#idle ?? new Frame(this.#slots);
    this.#idle = null;
    frame.bindings = bindings;
    frame.time = time;
    const budget = shared === null || shared.left >= this.#budget ? this.#budget : Math.max(0, shared.left);
    frame.left = budget;
    frame.seen = seen;
    const result = evaluate(this.#run, frame);
    if (this.#slots > 0) frame.slots.fill(null);
    frame.bindings = NO_BINDINGS;
    frame.seen = null;
    this.#idle = frame;
    if (frame.left < 0) return budget === this.#budget ? result : OVER_DECISION;
    return shared === null || shared.spend(budget - frame.left) ? result : OVER_DECISION;
  }
}

/** Nothing absorbs that the budget is spent. A mistake in a function must not take the gateway with it. */
function evaluate(run: Operand['run'], frame: Frame): Result {
  try {
    const result = run(frame);
    if (frame.left >= 0) return result;
    return result instanceof Failure && result.kind === 'cost' ? result : OVER_BUDGET;
  } catch {
    return failure('the expression could not be evaluated');
  }
}

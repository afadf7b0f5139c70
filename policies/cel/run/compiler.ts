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
  /** Variables whose value is known, which makes them constants; each is declared. */
  readonly given?: ReadonlyMap<string, Value>;
  readonly compile: (expr: Expr, scope: Scope, compiler: Compiler) => Operand;
}

export interface Argument {
  readonly part: Operand;
  /** A variable that is given has a part in it. */
  readonly isGiven: boolean;
}

/** What computing ahead may take; what takes more is left to the evaluation. */
const AHEAD = 10_000;

/** The compilation of one expression. */
export class Compiler {
  readonly environment: Environment;
  readonly resolution: Resolution;
  readonly isTraced: boolean;
  readonly problems: Problem[] = [];
  readonly #given: ReadonlyMap<string, Value>;
  readonly #compile: CompilerParts['compile'];
  #reads = new Set<string>();
  #slots = 0;
  /** What was read so far, to tell what a part of the tree reads. */
  #readings = 0;
  #givenReadings = 0;
  /** The outermost slot that was read. */
  #lowestSlot = Number.POSITIVE_INFINITY;

  constructor({ environment, resolution, isTraced, given = NOTHING, compile }: CompilerParts) {
    this.environment = environment;
    this.resolution = resolution;
    this.isTraced = isTraced;
    this.#given = given;
    this.#compile = compile;
  }

  /** What the expression reads: the longest paths that are known ahead, and calls of volatile functions. */
  get reads(): ReadonlySet<string> {
    return this.#reads;
  }

  /** How many slots a frame needs. */
  get slots(): number {
    return this.#slots;
  }

  /** Notes that the expression reads `name`. */
  read(name: string): void {
    this.#readings += 1;
    this.#reads.add(name);
  }

  readSlot(slot: number): void {
    this.#lowestSlot = Math.min(this.#lowestSlot, slot);
  }

  /** The value of a variable, if it is known ahead. */
  givenValue(name: string): Value | undefined {
    const value = this.#given.get(name);
    if (value !== undefined) this.#givenReadings += 1;
    return value;
  }

  operand(expr: Expr, scope: Scope): Operand {
    if (scope.slot >= this.#slots) this.#slots = scope.slot + 1;
    return this.traced(expr.id, this.#compile(expr, scope, this));
  }

  argument(expr: Expr, scope: Scope): Argument {
    const before = this.#givenReadings;
    const part = this.operand(expr, scope);
    return { part, isGiven: this.#givenReadings !== before };
  }

  /** What is never evaluated: its mistakes are told all the same, but nobody reads what it would. */
  unreached(expr: Expr, scope: Scope): Operand {
    const [reads, lowest] = [new Set(this.#reads), this.#lowestSlot];
    const one = this.operand(expr, scope);
    this.#reads = reads;
    this.#lowestSlot = lowest;
    return one;
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

  /**
   * An operation on `parts`, computed now when they all are constants and it succeeds.
   *
   * @param free units that are taken only now, not each time
   */
  strict(run: Step, parts: readonly Operand[], free = 0): Operand {
    if (this.isTraced || parts.some(({ constant }) => constant === undefined)) return operand(run);
    return ahead(run, this.#slots, free) ?? operand(run);
  }

  /** An operation with variables of its own, computed now when it reads nothing else and succeeds. */
  closed(scope: Scope, compile: () => Operand): Operand {
    const [readings, lowest] = [this.#readings, this.#lowestSlot];
    this.#lowestSlot = Number.POSITIVE_INFINITY;
    const one = compile();
    const isClosed = this.#readings === readings && this.#lowestSlot > scope.slot;
    this.#lowestSlot = Math.min(this.#lowestSlot, lowest);
    return isClosed ? this.strict(one.run, []) : one;
  }
}

const NOTHING: ReadonlyMap<string, Value> = new Map();

/** The value of a step that reads no binding; `undefined` when it fails. */
export function ahead(run: Step, slots: number, free = 0): Operand | undefined {
  const frame = new Frame(slots);
  frame.left = AHEAD;
  try {
    const result = run(frame);
    return result instanceof Failure || frame.left < 0 ? undefined : constantOperand(result, AHEAD - frame.left - free);
  } catch {
    return undefined;
  }
}

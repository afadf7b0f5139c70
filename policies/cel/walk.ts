import type { ExpressionProblem } from '../engine.ts';
import type { Functions } from './check-function.ts';
import type { Source } from './source.ts';
import type { Expr } from './syntax.ts';

/** What the check of one expression knows, and what it has found. */
export class Walk {
  readonly problems: ExpressionProblem[] = [];
  /** The names in scope; comprehensions add theirs while they are walked. */
  readonly names: Set<string>;
  readonly functions: Functions;
  /** It reads nothing but the principal: neither the request nor the time. */
  principalOnly = true;
  /** Operands of `&&`, `||` and `!` that do so. */
  readonly ofPrincipal = new Set<Expr>();
  readonly #source: Source;
  readonly #offsets: Readonly<Record<string, number>>;

  constructor(
    names: readonly string[],
    functions: Functions,
    source: Source,
    offsets: Readonly<Record<string, number>>,
  ) {
    this.names = new Set(names);
    this.functions = functions;
    this.#source = source;
    this.#offsets = offsets;
  }

  report(id: bigint, message: string, suggestion: string | null = null): void {
    const offset = this.#source.afterDot(this.#offsets[String(id)] ?? 0);
    this.problems.push(this.#source.problem(offset, message, suggestion));
  }
}

import type { Constant, Expr, Select } from '../ast.ts';
import type { Builder, Span } from '../builder.ts';
import type { Problem } from '../problem.ts';

/** The accumulator of the macros; nobody can write the name. */
export const ACCUMULATOR = '@result';
/** What the accumulator was called once; refused as a variable, so that expressions mean the same everywhere. */
const OLD_ACCUMULATOR = '__result__';
/** The loop variable where there is nothing to loop over. */
const UNUSED = '#unused';

interface Loop {
  readonly range: Expr;
  readonly item: string;
  readonly item2: string | null;
  readonly initial: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** Makes the nodes of one macro call; all stand where the call stands. */
export class Expansion {
  readonly #build: Builder;
  readonly #span: Span;

  constructor(build: Builder, span: Span) {
    this.#build = build;
    this.#span = span;
  }

  constant(value: Constant['value']): Expr {
    return this.#build.constant(this.#span, value);
  }

  name(name: string): Expr {
    return this.#build.name(this.#span, name);
  }

  accumulator(): Expr {
    return this.name(ACCUMULATOR);
  }

  call(name: string, ...args: readonly Expr[]): Expr {
    return this.#build.call(this.#span, name, args);
  }

  method(target: Expr, name: string, ...args: readonly Expr[]): Expr {
    return this.#build.call(this.#span, name, args, target);
  }

  list(...elements: readonly Expr[]): Expr {
    return this.#build.list(this.#span, elements);
  }

  emptyMap(): Expr {
    return this.#build.map(this.#span, []);
  }

  test({ operand, field }: Select): Expr {
    return this.#build.select(this.#span, operand, field, true);
  }

  loop(loop: Loop): Expr {
    return this.#build.fold(this.#span, { ...loop, accumulator: ACCUMULATOR });
  }

  /** `result` with `name` standing for `value`, which is evaluated once. */
  bind(name: string, value: Expr, result: Expr): Expr {
    return this.#build.fold(this.#span, {
      range: this.list(),
      item: UNUSED,
      item2: null,
      accumulator: name,
      initial: value,
      condition: this.constant(false),
      step: this.name(name),
      result,
    });
  }
}

/** The name that a macro declares. */
export function variableOf(argument: Expr): string | Problem {
  if (argument.kind !== 'name' || argument.name.startsWith('.')) {
    return problemAt(argument, 'a variable is declared here: expected a simple name');
  }
  if (argument.name === ACCUMULATOR || argument.name === OLD_ACCUMULATOR) {
    return problemAt(argument, `"${argument.name}" cannot be a variable`);
  }
  return argument.name;
}

export function problemAt({ at }: Expr, message: string): Problem {
  return { at, message, suggestion: null };
}

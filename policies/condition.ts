import type { Condition } from '../src/model/condition.ts';
import type { Engine, ExpressionProblem, Program } from './engine.ts';

import type { PolicyInput } from './input.ts';
import type { FailureKind } from './values/failure.ts';
import type { MapValue } from './values/map.ts';

/** What a condition gives: an answer, or why there is none. */
export type Truth = boolean | Undecided;

export interface Undecided {
  /** `missing`: something that the condition reads is not there. `cost`: it took more than it may. */
  readonly kind: FailureKind;
  readonly message: string;
}

export interface CompiledCondition {
  /** Never throws. */
  evaluate(input: PolicyInput): Truth;
}

/** A mistake in a condition; `path` leads to it from the condition, line and column count inside its text. */
export interface ConditionProblem extends ExpressionProblem {
  readonly path: readonly (string | number)[];
}

export type ConditionResult =
  | { readonly ok: true; readonly condition: CompiledCondition }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

const MAX_DEPTH = 16;

/** Compiles a condition; `attrs` are those of the Policy that it stands in. Rego is refused. */
export function compileCondition(condition: Condition, engine: Engine, attrs?: MapValue): ConditionResult {
  const compilation = new Compilation(engine, attrs);
  const compiled = compilation.compile(condition, []);
  const { problems } = compilation;
  return problems.length === 0 ? { ok: true, condition: compiled } : { ok: false, problems };
}

type Path = readonly (string | number)[];
type Form = (compilation: Compilation, condition: Condition, path: Path) => CompiledCondition;

const NEVER: CompiledCondition = { evaluate: () => false };

/** Every form of a condition. */
const FORMS: Readonly<Record<keyof Condition, Form>> = {
  matchAny: (_, { matchAny }) => ({ evaluate: () => matchAny === true }),
  match: (compilation, { match = '' }, path) => compilation.expression(match, path),
  not: (compilation, { not = '' }, path) => {
    const negated = compilation.expression(not, path);
    return negated === NEVER ? NEVER : { evaluate: (input) => negate(negated.evaluate(input)) };
  },
  all: (compilation, { all }, path) => compilation.list(all?.of, path, (parts, input) => fold(parts, input, false)),
  any: (compilation, { any }, path) => compilation.list(any?.of, path, (parts, input) => fold(parts, input, true)),
  none: (compilation, { none }, path) =>
    compilation.list(none?.of, path, (parts, input) => negate(fold(parts, input, true))),
  opa: (compilation, _, path) => compilation.refuse(path, 'Rego conditions are known but not implemented yet'),
};

/** Types of expressions that a condition can be. */
const MAY_BE_BOOL: ReadonlySet<string> = new Set(['bool', 'dyn']);

class Compilation {
  readonly problems: ConditionProblem[] = [];
  readonly #engine: Engine;
  readonly #attrs: MapValue | undefined;

  constructor(engine: Engine, attrs: MapValue | undefined) {
    this.#engine = engine;
    this.#attrs = attrs;
  }

  compile(condition: Condition, path: Path): CompiledCondition {
    if (path.length >= MAX_DEPTH * 3) return this.refuse(path, `conditions nest at most ${MAX_DEPTH} deep`);
    const present = (Object.keys(FORMS) as (keyof Condition)[]).filter((form) => condition[form] !== undefined);
    const [form, another] = present;
    if (form === undefined || another !== undefined) {
      return this.refuse(path, `a condition has exactly one of ${Object.keys(FORMS).join(', ')}`);
    }
    return FORMS[form](this, condition, [...path, form]);
  }

  /** An empty expression never matches, negated or not. */
  expression(source: string, path: Path): CompiledCondition {
    if (source === '') return NEVER;
    const compiled = this.#engine.compile(source, this.#attrs);
    if (!compiled.ok) {
      for (const problem of compiled.problems) this.problems.push({ path, ...problem });
      return NEVER;
    }
    const { type } = compiled.program;
    if (!MAY_BE_BOOL.has(type)) return this.refuse(path, `a condition must give a bool; this gives ${type}`);
    return new ExpressionCondition(compiled.program);
  }

  /** An empty list never matches, `none` included. */
  list(
    of: readonly Condition[] | undefined,
    path: Path,
    combine: (parts: readonly CompiledCondition[], input: PolicyInput) => Truth,
  ): CompiledCondition {
    const parts = (of ?? []).map((condition, i) => this.compile(condition, [...path, 'of', i]));
    return parts.length === 0 ? NEVER : { evaluate: (input) => combine(parts, input) };
  }

  refuse(path: Path, message: string): CompiledCondition {
    this.problems.push({ path, line: 1, column: 1, message, suggestion: null });
    return NEVER;
  }
}

class ExpressionCondition implements CompiledCondition {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  evaluate(input: PolicyInput): Truth {
    const result = this.#program.evaluate(input);
    if (result.kind !== 'value') return result;
    if (typeof result.value === 'boolean') return result.value;
    return { kind: 'error', message: 'the expression does not give a bool' };
  }
}

/** Nothing is known of the opposite of what is not known. */
function negate(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : truth;
}

/**
 * Until one part gives `decisive`, or takes too much. Without one, what went wrong in any part is the result, an error
 * first.
 */
function fold(parts: readonly CompiledCondition[], input: PolicyInput, decisive: boolean): Truth {
  let undecided: Undecided | null = null;
  for (const part of parts) {
    const truth = part.evaluate(input);
    if (truth === decisive) return decisive;
    if (typeof truth !== 'boolean' && truth.kind === 'cost') return truth;
    if (typeof truth !== 'boolean' && (undecided === null || undecided.kind === 'missing')) undecided = truth;
  }
  return undecided ?? !decisive;
}

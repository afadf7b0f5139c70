import type { Condition, OpaSource } from '../src/model/condition.ts';
import { Certain } from './certain.ts';
import {
  type CompiledCondition,
  ExpressionCondition,
  ListCondition,
  type ListForm,
  Negation,
} from './compiled-condition.ts';
import type { CompiledExpression, Engine, ExpressionProblem } from './engine.ts';
import { compileOpa } from './opa.ts';
import { CONDITION } from './rego/use.ts';
import type { MapValue } from './values/map.ts';

export type { CompiledCondition, Truth, Undecided } from './compiled-condition.ts';

/** A mistake in a condition; `path` leads to it from the condition, line and column count inside its text. */
export interface ConditionProblem extends ExpressionProblem {
  readonly path: readonly (string | number)[];
}

export type ConditionResult =
  | { readonly ok: true; readonly condition: CompiledCondition }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

const MAX_DEPTH = 16;

/** Compiles a condition; `attrs` are those of the Policy that it stands in. */
export function compileCondition(condition: Condition, engine: Engine, attrs?: MapValue): ConditionResult {
  const compilation = new Compilation(engine, attrs);
  const compiled = compilation.compile(condition, []);
  const { problems } = compilation;
  return problems.length === 0 ? { ok: true, condition: compiled } : { ok: false, problems };
}

type Path = readonly (string | number)[];
type Form = (compilation: Compilation, condition: Condition, path: Path) => CompiledCondition;

const NEVER: CompiledCondition = new Certain(false);

/** Every form of a condition. */
const FORMS: Readonly<Record<keyof Condition, Form>> = {
  matchAny: (_, { matchAny }) => new Certain(matchAny === true),
  match: (compilation, { match = '' }, path) => compilation.expression(match, path),
  not: (compilation, { not = '' }, path) => {
    const negated = compilation.expression(not, path);
    return negated === NEVER ? NEVER : new Negation(negated);
  },
  all: (compilation, { all }, path) => compilation.list('all', all?.of, path),
  any: (compilation, { any }, path) => compilation.list('any', any?.of, path),
  none: (compilation, { none }, path) => compilation.list('none', none?.of, path),
  opa: (compilation, { opa = {} }, path) => compilation.opa(opa, path),
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
    return source === '' ? NEVER : this.#program('match', this.#engine.compile(source, this.#attrs), path);
  }

  opa(source: OpaSource, path: Path): CompiledCondition {
    const { key, compiled } = compileOpa(source, { engine: this.#engine, use: CONDITION, attrs: this.#attrs });
    return this.#program('opa', compiled, [...path, key]);
  }

  #program(form: 'match' | 'opa', compiled: CompiledExpression, path: Path): CompiledCondition {
    if (!compiled.ok) {
      for (const problem of compiled.problems) this.problems.push({ path, ...problem });
      return NEVER;
    }
    const { type } = compiled.program;
    if (!MAY_BE_BOOL.has(type)) return this.refuse(path, `a condition must give a bool; this gives ${type}`);
    return new ExpressionCondition(form, compiled.program);
  }

  /** An empty list never matches, `none` included. */
  list(form: ListForm, of: readonly Condition[] | undefined, path: Path): CompiledCondition {
    const parts = (of ?? []).map((condition, i) => this.compile(condition, [...path, 'of', i]));
    return parts.length === 0 ? NEVER : new ListCondition(form, parts);
  }

  refuse(path: Path, message: string): CompiledCondition {
    this.problems.push({ path, line: 1, column: 1, message, suggestion: null });
    return NEVER;
  }
}

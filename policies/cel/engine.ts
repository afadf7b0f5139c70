import type { Principal } from '../../identity/principal.ts';
import { Lru } from '../../src/base/lru.ts';
import type { CompiledExpression, Dependence, Engine, Evaluation, ExpressionTrace, Program } from '../engine.ts';
import { expressionParts } from '../explain/expression-parts.ts';
import { CONTEXT } from '../input/schema/context.ts';
import type { ObjectForm } from '../input/schema/field.ts';
import type { PolicyInput } from '../input.ts';
import type { DecisionBudget } from '../values/decision-budget.ts';
import { Failure } from '../values/failure.ts';
import { FullMap, type MapValue } from '../values/map.ts';
import type { Result, Value } from '../values/value.ts';
import { type Bindings, type Compiled, compile, type Expression } from './cel.ts';
import { contextType } from './context-type.ts';
import { DEFAULT_LIMITS, type Environment } from './environment.ts';
import { FUNCTIONS } from './library/functions.ts';
import { typeText } from './types/text.ts';
import { DYN, mapOf, STRING, type Type } from './types/type.ts';

/** Compiled expressions are kept over reloads: most of a new generation is the old one. */
const EXPRESSIONS = 5000;

/**
 * The Common Expression Language, https://cel.dev.
 *
 * @param context what `ctx` is; all that is known of a request when left out
 */
export function createCelEngine(context: ObjectForm = CONTEXT): Engine {
  const ctx = ['ctx', contextType(context)] as const;
  const withoutAttrs = environmentOf([ctx]);
  const withAttrs = environmentOf([ctx, ['attrs', mapOf(STRING, DYN)]]);
  const known = new Lru<string, Compiled>(EXPRESSIONS);
  return {
    language: 'cel',
    compile(source: string, attrs?: MapValue): CompiledExpression {
      const key = `${attrs === undefined ? '-' : '+'}${source}`;
      const compiled = known.get(key) ?? compile(source, attrs === undefined ? withoutAttrs : withAttrs);
      known.set(key, compiled);
      return compiled.ok ? { ok: true, program: programOf(source, compiled.expression, attrs) } : compiled;
    },
  };
}

function environmentOf(variables: readonly (readonly [string, Type])[]): Environment {
  return {
    container: '',
    variables: new Map(variables),
    functions: FUNCTIONS,
    comparesMixedNumbers: true,
    limits: DEFAULT_LIMITS,
  };
}

function programOf(source: string, expression: Expression, attrs: MapValue | undefined): Program {
  const known = attrs === undefined ? expression : knowingAttrs(expression, attrs);
  const program = new CelProgram(source, known, attrs ?? NOTHING);
  const { dependsOn } = program;
  return dependsOn === 'nothing' || dependsOn === 'principal' ? new ProgramOfPrincipal(program) : program;
}

function knowingAttrs(expression: Expression, attrs: MapValue): Expression {
  const readsAttrs = [...expression.names].some((name) => /^attrs(?:\.|$)/.test(name));
  return readsAttrs ? expression.knowing(new Map([['attrs', attrs]])) : expression;
}

/** What stays the same for a Service, or for a principal, whatever is asked and when. */
const OF_SERVICE = /^ctx\.(?:service|namespace)(?:\.|$)/;
const OF_PRINCIPAL = /^ctx\.(?:user|session|device|groups)(?:\.|$)/;

function dependenceOf({ names }: Expression): Dependence {
  const all = [...names];
  if (all.length === 0) return 'nothing';
  if (all.every((name) => OF_SERVICE.test(name))) return 'service';
  return all.every((name) => OF_PRINCIPAL.test(name)) ? 'principal' : 'request';
}

const NOTHING = FullMap.of([]);

class ContextBindings implements Bindings {
  ctx: MapValue = NOTHING;
  readonly #attrs: MapValue;

  constructor(attrs: MapValue) {
    this.#attrs = attrs;
  }

  get(name: string): Value | undefined {
    if (name === 'ctx') return this.ctx;
    return name === 'attrs' ? this.#attrs : undefined;
  }
}

class CelProgram implements Program {
  readonly source: string;
  readonly type: string;
  readonly dependsOn: Dependence;
  readonly #expression: Expression;
  readonly #bindings: ContextBindings;

  constructor(source: string, expression: Expression, attrs: MapValue) {
    this.source = source;
    this.type = typeText(expression.type);
    this.dependsOn = dependenceOf(expression);
    this.#expression = expression;
    this.#bindings = new ContextBindings(attrs);
  }

  evaluate(input: PolicyInput, budget: DecisionBudget | null = input.budget): Evaluation {
    this.#bindings.ctx = input.ctx;
    const result = this.#expression.run(this.#bindings, input.time, budget);
    this.#bindings.ctx = NOTHING;
    return toEvaluation(result);
  }

  trace(input: PolicyInput, budget: DecisionBudget | null = input.budget): ExpressionTrace {
    this.#bindings.ctx = input.ctx;
    const { result, values } = this.#expression.trace(this.#bindings, input.time, budget);
    this.#bindings.ctx = NOTHING;
    return { evaluation: toEvaluation(result), parts: expressionParts(this.source, this.#expression.syntax, values) };
  }
}

const TRUE: Evaluation = { kind: 'value', value: true };
const FALSE: Evaluation = { kind: 'value', value: false };

function toEvaluation(result: Result): Evaluation {
  if (result === true) return TRUE;
  if (result === false) return FALSE;
  return result instanceof Failure ? result : { kind: 'value', value: result };
}

/**
 * An answer that depends on the principal alone, if on anything, is worked out once for each. No decision pays for it,
 * so that it is the same for all.
 */
class ProgramOfPrincipal implements Program {
  readonly source: string;
  readonly type: string;
  readonly dependsOn: Dependence;
  readonly #program: CelProgram;
  readonly #answers = new WeakMap<Principal, Evaluation>();

  constructor(program: CelProgram) {
    this.source = program.source;
    this.type = program.type;
    this.dependsOn = program.dependsOn;
    this.#program = program;
  }

  evaluate(input: PolicyInput): Evaluation {
    const known = this.#answers.get(input.principal);
    if (known !== undefined) return known;
    const answer = this.#program.evaluate(input, null);
    this.#answers.set(input.principal, answer);
    return answer;
  }

  trace(input: PolicyInput): ExpressionTrace {
    return this.#program.trace(input, null);
  }
}

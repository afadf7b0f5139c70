import { type CelMap, plan } from '@bufbuild/cel';
import type { Principal } from '../../identity/principal.ts';
import { messageOf } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import type { CompiledExpression, Engine, Evaluation, ExpressionProblem, Program } from '../engine.ts';
import type { InputMap } from '../input/values.ts';
import type { PolicyInput } from '../input.ts';
import { STEP_BUDGET } from './budget.ts';
import { check } from './check.ts';
import { bindContext } from './context.ts';
import { createEnvironment, type Environment, type Running } from './environment.ts';
import { toEvaluation } from './outcome.ts';
import { parse } from './parse.ts';
import { Source } from './source.ts';
import { mapView } from './values.ts';
import { Walk } from './walk.ts';

type Run = (bindings?: { attrs: CelMap }) => Evaluation;

type Planned =
  | { readonly ok: true; readonly run: Run; readonly principalOnly: boolean }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** Parsed and planned expressions are kept over reloads: most of a new generation is the old one. */
const PLANS = 5000;

/** The Common Expression Language, https://cel.dev, evaluated by a package. */
export function createCelEngine(): Engine {
  const environment = createEnvironment();
  const plans = new Lru<string, Planned>(PLANS);
  return {
    language: 'cel',
    compile(text: string, attrs?: InputMap): CompiledExpression {
      const key = `${attrs === undefined ? '-' : '+'}${text}`;
      const planned = plans.get(key) ?? planExpression(text, attrs !== undefined, environment);
      plans.set(key, planned);
      if (!planned.ok) return planned;
      const program = new CelProgram(text, planned.run, environment.running, attrs);
      return { ok: true, program: planned.principalOnly ? new ProgramOfPrincipal(program) : program };
    },
  };
}

function planExpression(text: string, withAttrs: boolean, environment: Environment): Planned {
  const source = new Source(text);
  const parsed = parse(source);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const names = withAttrs ? ['ctx', 'attrs'] : ['ctx'];
  const walk = new Walk(names, environment.functions, source, parsed.offsets);
  check(parsed.expr, walk);
  if (walk.problems.length > 0) return { ok: false, problems: walk.problems };
  bindContext(parsed.expr);
  try {
    const planned = plan(environment.env, parsed.expr);
    return { ok: true, run: (bindings) => toEvaluation(planned(bindings)), principalOnly: walk.principalOnly };
  } catch (thrown) {
    return { ok: false, problems: [source.problem(0, `the expression cannot be used: ${messageOf(thrown)}`)] };
  }
}

class CelProgram implements Program {
  readonly source: string;
  readonly #run: Run;
  readonly #running: Running;
  readonly #bindings: { readonly attrs: CelMap } | undefined;

  constructor(source: string, run: Run, running: Running, attrs: InputMap | undefined) {
    this.source = source;
    this.#run = run;
    this.#running = running;
    this.#bindings = attrs === undefined ? undefined : { attrs: mapView(attrs) };
  }

  evaluate(input: PolicyInput): Evaluation {
    this.#running.time = input.time;
    this.#running.steps = STEP_BUDGET;
    try {
      this.#running.ctx = mapView(input.ctx);
      return this.#run(this.#bindings);
    } catch (thrown) {
      return { kind: 'error', message: messageOf(thrown) };
    }
  }
}

/** An answer that depends on the principal alone is worked out once for each. */
class ProgramOfPrincipal implements Program {
  readonly source: string;
  readonly #program: Program;
  readonly #answers = new WeakMap<Principal, Evaluation>();

  constructor(program: Program) {
    this.source = program.source;
    this.#program = program;
  }

  evaluate(input: PolicyInput): Evaluation {
    const known = this.#answers.get(input.principal);
    if (known !== undefined) return known;
    const answer = this.#program.evaluate(input);
    this.#answers.set(input.principal, answer);
    return answer;
  }
}

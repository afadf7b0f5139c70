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
import { type Shortcut, Shortcuts } from './shortcut.ts';
import { Source } from './source.ts';
import type { Expr } from './syntax.ts';
import { mapView } from './values.ts';
import { Walk } from './walk.ts';

type Run = (bindings?: { attrs: CelMap }) => Evaluation;

interface PlannedExpression {
  readonly ok: true;
  readonly run: Run;
  readonly principalOnly: boolean;
  readonly shortcut: Shortcut | null;
  /** What the shortcut asks for. */
  readonly operands: readonly Run[];
}

type Planned = PlannedExpression | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

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
      const programOf = (run: Run) => new CelProgram(text, run, environment.running, attrs);
      return { ok: true, program: quickened(planned, programOf) };
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
  const shortcuts = new Shortcuts(walk.ofPrincipal);
  const shortcut = shortcuts.of(parsed.expr);
  bindContext(parsed.expr);
  try {
    const run = runOf(parsed.expr, environment);
    const operands = shortcuts.operands.map((operand) => runOf(operand, environment));
    return { ok: true, run, principalOnly: walk.principalOnly, shortcut, operands };
  } catch (thrown) {
    return { ok: false, problems: [source.problem(0, `the expression cannot be used: ${messageOf(thrown)}`)] };
  }
}

function runOf(expr: Expr, { env }: Environment): Run {
  const planned = plan(env, expr);
  return (bindings) => toEvaluation(planned(bindings));
}

/** With what may spare the evaluation. */
function quickened(planned: PlannedExpression, programOf: (run: Run) => Program): Program {
  const { run, principalOnly, shortcut, operands } = planned;
  if (principalOnly) return new ProgramOfPrincipal(programOf(run));
  if (shortcut === null) return programOf(run);
  const known = operands.map((operand) => new ProgramOfPrincipal(programOf(operand)));
  return new ProgramWithShortcut(programOf(run), shortcut, known);
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

const TRUE: Evaluation = { kind: 'value', value: true };
const FALSE: Evaluation = { kind: 'value', value: false };

/** An answer that can be told at a glance costs no evaluation. */
class ProgramWithShortcut implements Program {
  readonly source: string;
  readonly #program: Program;
  readonly #shortcut: Shortcut;
  readonly #operands: readonly Program[];

  constructor(program: Program, shortcut: Shortcut, operands: readonly Program[]) {
    this.source = program.source;
    this.#program = program;
    this.#shortcut = shortcut;
    this.#operands = operands;
  }

  evaluate(input: PolicyInput): Evaluation {
    const answer = this.#shortcut(input, this.#operands);
    if (answer === null) return this.#program.evaluate(input);
    return answer ? TRUE : FALSE;
  }
}

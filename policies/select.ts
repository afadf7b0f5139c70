import type { ConfigRule } from '../src/model/index.ts';
import { type Choice, compileChoice, failed, selectionOf } from './choice.ts';
import { type CompiledCondition, type ConditionTrace, traceCondition } from './compiled-condition.ts';
import { type ConditionProblem, compileCondition } from './condition.ts';
import type { Engine } from './engine.ts';
import type { PolicyInput } from './input.ts';
import type { SplitNote } from './split/split.ts';
import { aside } from './values/decision-budget.ts';

/** Chooses the config of a request: the first rule whose condition matches, else the default config. */
export interface ConfigSelector<C> {
  select(input: PolicyInput): Selection<C>;
  /** The same choice, with what each rule gave; `null` for those that were not looked at. */
  trace?(input: PolicyInput): { readonly selection: Selection<C>; readonly rules: readonly (ConditionTrace | null)[] };
}

export type Selection<C> =
  /** `split`: the rule names several. */
  | { readonly kind: 'selected'; readonly config: C; readonly split?: SplitNote }
  | { readonly kind: 'none' }
  /** A condition could not be evaluated: going on might choose another upstream, with other credentials. */
  | { readonly kind: 'error'; readonly detail: string };

export interface SelectorParts<C> {
  /** `spec.dynamicConfig.rules`. */
  readonly rules: readonly ConfigRule[];
  readonly configs: ReadonlyMap<string, C>;
  readonly defaultConfig: C | null;
  /** Makes a config of what a rule computed. Must not throw. */
  readonly compute: ComputeConfig<C>;
  readonly engine: Engine;
  /** Canonical name of the Service, by which splits differ from those of others. */
  readonly service: string;
}

/** @param text JSON of an object @param rule its position among the rules */
export type ComputeConfig<C> = (text: string, rule: number) => Selection<C>;

export type SelectorCompilation<C> =
  | { readonly ok: true; readonly selector: ConfigSelector<C> }
  /** Paths lead from the list of rules. */
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

interface CompiledConfigRule<C> {
  readonly condition: CompiledCondition;
  readonly choice: Choice<C>;
}

export function compileSelector<C>(parts: SelectorParts<C>): SelectorCompilation<C> {
  const problems: ConditionProblem[] = [];
  const rules = parts.rules.flatMap((rule, i) => compileRule(rule, i, parts, problems) ?? []);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, selector: new RuleSelector(rules, selectionOf(parts.defaultConfig)) };
}

function compileRule<C>(
  rule: ConfigRule,
  position: number,
  parts: SelectorParts<C>,
  problems: ConditionProblem[],
): CompiledConfigRule<C> | null {
  const compiled = compileCondition(rule.condition, parts.engine);
  const chosen = compileChoice(rule, position, parts);
  if (!compiled.ok) {
    for (const problem of compiled.problems)
      problems.push({ ...problem, path: [position, 'condition', ...problem.path] });
  }
  if (!chosen.ok) problems.push(...chosen.problems.map((one) => ({ ...one, path: [position, ...one.path] })));
  return compiled.ok && chosen.ok ? { condition: compiled.condition, choice: chosen.choice } : null;
}

class RuleSelector<C> implements ConfigSelector<C> {
  readonly #rules: readonly CompiledConfigRule<C>[];
  readonly #otherwise: Selection<C>;

  constructor(rules: readonly CompiledConfigRule<C>[], otherwise: Selection<C>) {
    this.#rules = rules;
    this.#otherwise = otherwise;
  }

  /** What a condition reads and does not find makes its rule not match. */
  select(input: PolicyInput): Selection<C> {
    for (const [i, { condition, choice }] of this.#rules.entries()) {
      const truth = condition.evaluate(input);
      if (truth !== true && truth !== false && truth.kind !== 'missing') return failed(i, truth.message);
      const selection = truth === true ? choice(input) : null;
      if (selection !== null) return selection;
    }
    return this.#otherwise;
  }

  trace(input: PolicyInput): ReturnType<NonNullable<ConfigSelector<C>['trace']>> {
    const rules: (ConditionTrace | null)[] = this.#rules.map(() => null);
    const noted = this.#rules.map((rule, i) => ({
      ...rule,
      condition: withTrace(rule.condition, (trace) => {
        rules[i] = trace;
      }),
    }));
    return { selection: new RuleSelector(noted, this.#otherwise).select(input), rules };
  }
}

/** A condition as it is evaluated for requests, which then tells of its parts; that takes more, and no budget. */
function withTrace(condition: CompiledCondition, note: (trace: ConditionTrace) => void): CompiledCondition {
  return {
    evaluate: (input) => {
      const truth = condition.evaluate(input);
      note({ ...aside(input.budget, () => traceCondition(condition, input)), truth });
      return truth;
    },
  };
}

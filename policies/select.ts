import { didYouMean } from '../src/base/suggest.ts';
import type { ConfigRule } from '../src/model/index.ts';
import { type CompiledCondition, type ConditionTrace, noting } from './compiled-condition.ts';
import { type ConditionProblem, compileCondition } from './condition.ts';
import type { Engine } from './engine.ts';
import type { PolicyInput } from './input.ts';

/** Chooses the config of a request: the first rule whose condition matches, else the default config. */
export interface ConfigSelector<C> {
  select(input: PolicyInput): Selection<C>;
  /** The same choice, with what each rule gave; `null` for those that were not looked at. */
  trace?(input: PolicyInput): { readonly selection: Selection<C>; readonly rules: readonly (ConditionTrace | null)[] };
}

export type Selection<C> =
  | { readonly kind: 'selected'; readonly config: C }
  | { readonly kind: 'none' }
  /** A condition could not be evaluated: going on might choose another upstream, with other credentials. */
  | { readonly kind: 'error'; readonly detail: string };

export interface SelectorParts<C> {
  /** `spec.dynamicConfig.rules`. */
  readonly rules: readonly ConfigRule[];
  readonly configs: ReadonlyMap<string, C>;
  readonly defaultConfig: C | null;
  readonly engine: Engine;
}

export type SelectorCompilation<C> =
  | { readonly ok: true; readonly selector: ConfigSelector<C> }
  /** Paths lead from the list of rules. */
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

/** The name by which rules mean the Service's own `config`. */
const DEFAULT = 'default';

interface CompiledConfigRule<C> {
  readonly condition: CompiledCondition;
  readonly selection: Selection<C>;
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
  const config = configOf(rule, parts);
  if (!compiled.ok) {
    for (const problem of compiled.problems)
      problems.push({ ...problem, path: [position, 'condition', ...problem.path] });
  }
  if (config === null) problems.push(unknownConfig(rule, position, parts));
  return compiled.ok && config !== null ? { condition: compiled.condition, selection: selectionOf(config) } : null;
}

function configOf<C>(rule: ConfigRule, parts: SelectorParts<C>): C | null {
  if (rule.configName === undefined) return null;
  return rule.configName === DEFAULT ? parts.defaultConfig : (parts.configs.get(rule.configName) ?? null);
}

function unknownConfig<C>(rule: ConfigRule, position: number, parts: SelectorParts<C>): ConditionProblem {
  const { configName } = rule;
  const place = { line: 1, column: 1 };
  if (configName === undefined) {
    const message = 'configs made by eval or opa are known but not implemented yet';
    return { path: [position], ...place, message, suggestion: 'use configName' };
  }
  const known = [...parts.configs.keys(), ...(parts.defaultConfig === null ? [] : [DEFAULT])];
  const message = `there is no config "${configName}"`;
  return { path: [position, 'configName'], ...place, message, suggestion: didYouMean(configName, known) };
}

function selectionOf<C>(config: C | null): Selection<C> {
  return config === null ? { kind: 'none' } : { kind: 'selected', config };
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
    for (const [i, rule] of this.#rules.entries()) {
      const truth = rule.condition.evaluate(input);
      if (truth === true) return rule.selection;
      if (truth !== false && truth.kind !== 'missing')
        return { kind: 'error', detail: `rules[${i}]: ${truth.message}` };
    }
    return this.#otherwise;
  }

  trace(input: PolicyInput): ReturnType<NonNullable<ConfigSelector<C>['trace']>> {
    const rules: (ConditionTrace | null)[] = this.#rules.map(() => null);
    const noted = this.#rules.map((rule, i) => {
      const condition = noting(rule.condition, (trace) => {
        rules[i] = trace;
      });
      return { ...rule, condition };
    });
    return { selection: new RuleSelector(noted, this.#otherwise).select(input), rules };
  }
}

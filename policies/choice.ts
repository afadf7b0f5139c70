import { didYouMean } from '../src/base/suggest.ts';
import type { ConfigRule, ConfigSplit } from '../src/model/index.ts';
import { type ComputedDocument, compileDocument } from './computed.ts';
import type { ConditionProblem } from './condition.ts';
import type { PolicyInput } from './input.ts';
import type { ComputeConfig, Selection, SelectorParts } from './select.ts';
import { compileSplit, type Split } from './split/split.ts';

/** The name by which rules mean the Service's own `config`. */
const DEFAULT = 'default';

/** What a rule chooses once its condition matches; `null`: nothing after all, the next rule is asked. */
export type Choice<C> = (input: PolicyInput) => Selection<C> | null;

export type ChoiceCompilation<C> =
  | { readonly ok: true; readonly choice: Choice<C> }
  /** Paths lead from the rule. */
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

/** @param position of the rule */
export function compileChoice<C>(rule: ConfigRule, position: number, parts: SelectorParts<C>): ChoiceCompilation<C> {
  if (rule.split !== undefined) return splitChoice(rule.split, position, parts);
  const compiled = compileDocument(rule, parts.engine);
  if (compiled === null) return namedChoice(rule.configName ?? DEFAULT, parts);
  return compiled.ok ? { ok: true, choice: computedChoice(compiled.document, position, parts.compute) } : compiled;
}

function namedChoice<C>(name: string, parts: SelectorParts<C>): ChoiceCompilation<C> {
  const config = configNamed(name, parts);
  if (config === null) return { ok: false, problems: [{ path: ['configName'], ...unknownConfig(name, parts) }] };
  const selection = selectionOf(config);
  return { ok: true, choice: () => selection };
}

function configNamed<C>(name: string, { configs, defaultConfig }: SelectorParts<C>): C | null {
  return name === DEFAULT ? defaultConfig : (configs.get(name) ?? null);
}

function unknownConfig<C>(name: string, { configs, defaultConfig }: SelectorParts<C>): Omit<ConditionProblem, 'path'> {
  const known = [...configs.keys(), ...(defaultConfig === null ? [] : [DEFAULT])];
  const message = `there is no config "${name}"`;
  return { line: 1, column: 1, message, suggestion: didYouMean(name, known) };
}

function splitChoice<C>(split: ConfigSplit, position: number, parts: SelectorParts<C>): ChoiceCompilation<C> {
  const compiled = compileSplit<C>(split, {
    configOf: (name) => configNamed(name, parts),
    problem: (name) => unknownConfig(name, parts),
    engine: parts.engine,
    salt: parts.service,
  });
  if (compiled.ok) return { ok: true, choice: chosenBy(compiled.split, position) };
  return { ok: false, problems: compiled.problems.map((one) => ({ ...one, path: ['split', ...one.path] })) };
}

function chosenBy<C>(split: Split<C>, position: number): Choice<C> {
  return (input) => {
    const result = split(input);
    if (result.kind === 'error') return failed(position, result.detail);
    return { kind: 'selected', config: result.config, split: result.note };
  };
}

/** What the rule reads and does not find makes it choose nothing, as in a condition. */
function computedChoice<C>(document: ComputedDocument, position: number, compute: ComputeConfig<C>): Choice<C> {
  return (input) => {
    const result = document.evaluate(input);
    if (result.kind === 'absent') return null;
    return result.kind === 'error' ? failed(position, result.detail) : compute(result.text, position);
  };
}

export function failed(position: number, detail: string): { readonly kind: 'error'; readonly detail: string } {
  return { kind: 'error', detail: `rules[${position}]: ${detail}` };
}

export function selectionOf<C>(config: C | null): Selection<C> {
  return config === null ? { kind: 'none' } : { kind: 'selected', config };
}

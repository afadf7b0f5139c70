import type { Condition } from '../../src/model/condition.ts';
import type { EnforcementRule, PolicySpec, Rule } from '../../src/model/policy.ts';
import { positionOf } from '../cel/syntax/position.ts';
import type { Advice, Path } from './advice.ts';
import { inexactIntegers } from './attrs.ts';
import { logicOfCondition } from './logic.ts';
import { type Finding, missingAttr, missingField } from './missing.ts';
import { type Read, readsOf } from './reads.ts';
import { emptyParts, repeatedNames } from './shape.ts';

/** Specs are kept over reloads as long as they do not change. */
const known = new WeakMap<PolicySpec, readonly Advice[]>();

/** What is probably not meant in a Policy, or in an inline one. */
export function adviceOn(spec: PolicySpec): readonly Advice[] {
  const advice = known.get(spec) ?? findAdvice(spec);
  known.set(spec, advice);
  return advice;
}

function findAdvice(spec: PolicySpec): readonly Advice[] {
  const { rules = [], enforcementRules = [] } = spec;
  return [
    ...repeatedNames(spec),
    ...inexactIntegers(spec.attrs),
    ...rules.flatMap((rule, i) => onRule(rule, ['rules', i, 'condition'], spec)),
    ...enforcementRules.flatMap((rule, i) => onRule(rule, ['enforcementRules', i, 'condition'], spec)),
  ];
}

function onRule({ condition, effect }: Rule | EnforcementRule, path: Path, { attrs = {} }: PolicySpec): Advice[] {
  const ofReads = readsIn(condition, effect, path).flatMap((read) => {
    const found = missingAttr(read, attrs) ?? (effect === 'DENY' ? missingField(read) : null);
    return found === null ? [] : [located(found, read)];
  });
  return [...emptyParts(condition, path), ...onceEach(ofReads)];
}

/** Of most rules nothing can be said, and those need not be parsed once more. */
function readsIn(condition: Condition, effect: Rule['effect'] | EnforcementRule['effect'], path: Path): Read[] {
  const mayMatter = effect === 'DENY' || JSON.stringify(condition).includes('attrs');
  return mayMatter ? readsOf(logicOfCondition(condition, path)) : [];
}

function located({ at, message, suggestion }: Finding, { origin: { path, source } }: Read): Advice {
  return { path, message, suggestion, inText: positionOf(source, at) };
}

/** The same field may be read again and again. */
function onceEach(advice: readonly Advice[]): Advice[] {
  return [...new Map(advice.toReversed().map((one) => [one.message, one])).values()].reverse();
}

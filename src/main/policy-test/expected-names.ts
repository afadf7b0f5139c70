import { didYouMean } from '../../base/suggest.ts';
import { type Problem, problem } from '../../model/validate/problem.ts';
import type { TestCase } from './cases.ts';

/** Names of rules by the name of their policy. */
export type RuleNames = ReadonlyMap<string, readonly string[]>;

/** A misspelt name would never be what decides, so it is a mistake in the case and no failure of a policy. */
export function expectedNames({ expect, expectAt }: TestCase, rules: RuleNames): Problem[] {
  const { policy, rule } = expect;
  if (Object.keys(expect).length === 0)
    return [problem(expectAt, 'nothing is expected', { suggestion: 'write allow' })];
  const known = policy === undefined ? null : rules.get(policy);
  if (known === undefined) {
    const suggestion = didYouMean(policy ?? '', rules.keys());
    return [problem([...expectAt, 'policy'], `there is no policy "${policy}"`, { suggestion })];
  }
  const names = known ?? [...rules.values()].flat();
  if (rule === undefined || names.includes(rule)) return [];
  const suggestion = didYouMean(rule, names);
  return [problem([...expectAt, 'rule'], `there is no rule "${rule}"`, { suggestion })];
}

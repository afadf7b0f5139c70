import { pathText } from '../src/model/validate/problem.ts';
import type { Decision } from './decision.ts';
import type { CompiledPolicy } from './policy.ts';

/** The decision of the first policy that counts and does not compile, `null` when all do. */
export function brokenOf(policies: readonly CompiledPolicy[]): Decision | null {
  const policy = policies.find(({ isDisabled, problems }) => !isDisabled && problems.length > 0);
  const problem = policy?.problems[0];
  if (policy === undefined || problem === undefined) return null;
  return policyError(policy.name, `${pathText(problem.path)}: ${problem.message}`);
}

export function policyError(policy: string, detail: string): Decision {
  return { effect: 'deny', reason: 'policy-error', policy, rule: null, detail };
}

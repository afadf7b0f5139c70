import type { CompiledCondition } from './compiled-condition.ts';
import type { CompiledPolicy, CompiledRule } from './policy.ts';

/** What decisions and explanations call it. */
export const ACCESS_GRANT = 'access-grant';

/** Whether an approver has let this user in for a while is a fact of the request. */
const CONDITION: CompiledCondition = {
  evaluate: ({ hasGrant }) => hasGrant,
  trace: ({ hasGrant }) => ({ form: 'match', truth: hasGrant, parts: [], conditions: [] }),
};

/** An ALLOW at priority 0 for whoever was granted access: DENY rules of that priority or before it still win. */
export const accessGrantPolicy: CompiledPolicy = policy();

function policy(): CompiledPolicy {
  const rules: CompiledRule[] = [];
  const made: CompiledPolicy = {
    name: ACCESS_GRANT,
    spec: { rules: [] },
    isDisabled: false,
    isShadow: false,
    rules,
    enforcement: [],
    problems: [],
  };
  rules.push({
    policy: made,
    name: 'granted',
    priority: 0,
    effect: 'allow',
    condition: CONDITION,
    matched: { effect: 'allow', reason: 'policy-allowed', policy: ACCESS_GRANT, rule: 'granted', detail: null },
  });
  return made;
}

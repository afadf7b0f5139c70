import type { Decision } from './decision.ts';
import type { PolicyInput } from './input.ts';
import { applies, type CompiledPolicy, type CompiledRule } from './policy.ts';

/** Everything that is attached for one principal at one Service, in the order in which it is looked at. */
export interface RuleList {
  readonly rules: readonly CompiledRule[];
  /** Some policy has enforcement rules. */
  readonly enforcement: boolean;
  /** An attached policy is missing or broken: the decision, whatever the rules say. */
  readonly broken: Decision | null;
}

const NO_MATCH: Decision = { effect: 'deny', reason: 'no-policy-match', policy: null, rule: null, detail: null };

/** Sorts the rules of policies that were collected in the order of their attachment; the disabled ones are left out. */
export function ruleList(policies: readonly CompiledPolicy[], broken: Decision | null): RuleList {
  const active = policies.filter((policy) => !policy.isDisabled);
  const rules = active.flatMap((policy) => policy.rules).sort(byPriority);
  return { rules, enforcement: active.some((policy) => policy.enforcement.length > 0), broken };
}

/** A lower priority first; DENY before ALLOW at one priority; else in the order of attachment. */
function byPriority(a: CompiledRule, b: CompiledRule): number {
  return a.priority - b.priority || effectOrder(a) - effectOrder(b);
}

function effectOrder(rule: CompiledRule): number {
  return rule.effect === 'deny' ? 0 : 1;
}

/**
 * The first rule that matches decides; none: deny. What cannot be evaluated denies, except that an ALLOW rule that
 * reads something missing merely does not match.
 */
export function decide(list: RuleList, input: PolicyInput): Decision {
  if (list.broken !== null) return list.broken;
  const applying = list.enforcement ? new Map<CompiledPolicy, boolean>() : null;
  for (const rule of list.rules) {
    if (applying !== null && !stillApplies(rule.policy, input, applying)) continue;
    const decision = look(rule, input);
    if (decision !== null) return decision;
  }
  return NO_MATCH;
}

function look(rule: CompiledRule, input: PolicyInput): Decision | null {
  const truth = rule.condition.evaluate(input);
  if (truth === true) return rule.matched;
  if (truth === false || (truth.kind === 'missing' && rule.effect === 'allow')) return null;
  return { effect: 'deny', reason: 'policy-error', policy: rule.policy.name, rule: rule.name, detail: truth.message };
}

function stillApplies(policy: CompiledPolicy, input: PolicyInput, known: Map<CompiledPolicy, boolean>): boolean {
  const answer = known.get(policy) ?? applies(policy, input);
  known.set(policy, answer);
  return answer;
}

import { brokenOf } from './broken.ts';
import type { Truth, Undecided } from './condition.ts';
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
  /** The same with the shadow policies enforced; `null` when there are none. */
  readonly shadow: RuleList | null;
}

const NO_MATCH: Decision = { effect: 'deny', reason: 'no-policy-match', policy: null, rule: null, detail: null };

/** Sorts the rules of policies that were collected in the order of their attachment; the disabled ones are left out. */
export function ruleList(policies: readonly CompiledPolicy[], broken: Decision | null): RuleList {
  const active = policies.filter((policy) => !policy.isDisabled);
  const enforced = active.filter((policy) => !policy.isShadow);
  const shadow = enforced.length === active.length ? null : listOf(active, broken ?? brokenOf(active), null);
  return listOf(enforced, broken, shadow);
}

function listOf(policies: readonly CompiledPolicy[], broken: Decision | null, shadow: RuleList | null): RuleList {
  const rules = policies.flatMap((policy) => policy.rules).sort(byPriority);
  return { rules, enforcement: policies.some((policy) => policy.enforcement.length > 0), broken, shadow };
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
 * reads something missing merely does not match. Where it is open whether a policy counts at all, its DENY rules do
 * and its ALLOW rules do not. The budget of the input begins anew.
 */
export function decide(list: RuleList, input: PolicyInput): Decision {
  input.budget?.renew();
  if (list.broken !== null) return list.broken;
  const counting = list.enforcement ? new Map<CompiledPolicy, Truth>() : null;
  for (const rule of list.rules) {
    const counts = counting === null ? true : countsFor(rule.policy, input, counting);
    const decision = counts === false ? null : look(rule, input, counts);
    if (decision !== null) return decision;
  }
  return NO_MATCH;
}

/** What becomes of a rule whose policy counts, or may; `null`: the next one is looked at. */
export function look(rule: CompiledRule, input: PolicyInput, counts: true | Undecided): Decision | null {
  if (counts !== true && counts.kind !== 'missing') return undecided(rule, 'enforcementRules', counts);
  if (counts !== true && rule.effect === 'allow') return null;
  const truth = rule.condition.evaluate(input);
  if (truth === true) return rule.matched;
  if (truth === false || (truth.kind === 'missing' && rule.effect === 'allow')) return null;
  return undecided(rule, rule.name, truth);
}

function undecided({ policy }: CompiledRule, rule: string, { kind, message }: Undecided): Decision {
  const reason = kind === 'cost' ? 'policy-cost' : 'policy-error';
  return { effect: 'deny', reason, policy: policy.name, rule, detail: message };
}

function countsFor(policy: CompiledPolicy, input: PolicyInput, known: Map<CompiledPolicy, Truth>): Truth {
  const answer = known.get(policy) ?? applies(policy, input);
  known.set(policy, answer);
  return answer;
}

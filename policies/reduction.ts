import { sameItems } from '../src/base/same-items.ts';
import { isCost, reduced, reducedUntil } from './certain.ts';
import type { Truth } from './condition.ts';
import { look, type RuleList } from './decide.ts';
import type { PolicyInput } from './input.ts';
import { applies, type CompiledEnforcement, type CompiledPolicy, type CompiledRule } from './policy.ts';

/** What one Service makes of a policy. */
interface ReducedPolicy {
  readonly policy: CompiledPolicy;
  /** Whether it counts; `undefined`: that depends on who asks, or on the request. */
  readonly counts: Truth | undefined;
}

/**
 * Works out once, for one Service, what is certain about the rules there: those that can never decide leave the list,
 * and it ends with the first one that always does. The decision stays the same, for every request.
 */
export class Reduction {
  /** The Service, as conditions see it. */
  readonly #about: PolicyInput;
  readonly #policies = new WeakMap<CompiledPolicy, ReducedPolicy>();
  /** Those that became others. */
  readonly #rules = new WeakMap<CompiledRule, CompiledRule>();

  constructor(about: PolicyInput) {
    this.#about = about;
  }

  reduce(list: RuleList): RuleList {
    const rules = this.#ofAll(list.rules);
    const shadow = list.shadow === null ? null : this.reduce(list.shadow);
    if (shadow === list.shadow && sameItems(rules, list.rules)) return list;
    const enforcement = rules.some(({ policy }) => policy.enforcement.length > 0);
    return { ...list, rules, enforcement, shadow };
  }

  /** What comes after the last one is not even worked out. */
  #ofAll(all: readonly CompiledRule[]): CompiledRule[] {
    const rules: CompiledRule[] = [];
    for (const one of all) {
      const { counts } = this.#policy(one.policy);
      if (counts === false) continue;
      const rule = this.#rule(one);
      const fate = this.#fate(rule, counts);
      if (fate !== 'never') rules.push(rule);
      if (fate === 'always') break;
    }
    return rules;
  }

  /** Whether a rule decides when it is looked at. */
  #fate(rule: CompiledRule, counts: Truth | undefined): 'always' | 'never' | 'maybe' {
    if (counts === undefined || counts === false) return counts === undefined ? 'maybe' : 'never';
    const { condition, effect } = rule;
    const isAsked = counts === true || (counts.kind === 'missing' && effect === 'deny');
    if (isAsked && condition.certain === undefined) return 'maybe';
    return look(rule, this.#about, counts) === null ? 'never' : 'always';
  }

  #rule(rule: CompiledRule): CompiledRule {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const condition = reduced(rule.condition, this.#about);
    const { policy } = this.#policy(rule.policy);
    if (condition === rule.condition && policy === rule.policy) return rule;
    const fresh = { ...rule, policy, condition };
    this.#rules.set(rule, fresh);
    return fresh;
  }

  #policy(policy: CompiledPolicy): ReducedPolicy {
    if (policy.enforcement.length === 0) return { policy, counts: true };
    const known = this.#policies.get(policy) ?? this.#reducedPolicy(policy);
    this.#policies.set(policy, known);
    return known;
  }

  #reducedPolicy(policy: CompiledPolicy): ReducedPolicy {
    const enforce = this.#enforcement(policy, 'ENFORCE');
    const enforcement = settles(enforce) ? enforce : [...enforce, ...this.#enforcement(policy, 'IGNORE')];
    const counts = enforcement.every(isCertain) ? applies({ ...policy, enforcement }, this.#about) : undefined;
    return { policy: { ...policy, enforcement: counts === true ? [] : enforcement }, counts };
  }

  #enforcement(policy: CompiledPolicy, effect: CompiledEnforcement['effect']): readonly CompiledEnforcement[] {
    const rules = policy.enforcement.filter((rule) => rule.effect === effect);
    return reducedUntil(rules, true, this.#about);
  }
}

/** One ENFORCE rule that matches is enough, and so is one that takes too much. */
function settles(enforce: readonly CompiledEnforcement[]): boolean {
  const last = enforce.at(-1)?.condition.certain;
  return enforce.every(isCertain) && (last === true || isCost(last));
}

function isCertain({ condition }: CompiledEnforcement): boolean {
  return condition.certain !== undefined;
}

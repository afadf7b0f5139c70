import { reduced } from '../certain.ts';
import { type CompiledCondition, type ConditionTrace, type Truth, traceCondition } from '../compiled-condition.ts';
import { decide, type RuleList } from '../decide.ts';
import type { Decision } from '../decision.ts';
import type { PolicyInput } from '../input.ts';
import { applies, type CompiledEnforcement, type CompiledPolicy, type CompiledRule } from '../policy.ts';
import { aside } from '../values/decision-budget.ts';

/**
 * What became of a rule. `ignored`: its policy does not count for this request. `open`: whether its policy counts
 * cannot be said, so an ALLOW does not. `unread`: an earlier rule decided, or a broken policy did.
 */
export type RuleOutcome = 'matched' | 'no-match' | 'missing' | 'error' | 'cost' | 'ignored' | 'open' | 'unread';

export interface RuleTrace {
  readonly policy: string;
  readonly rule: string;
  readonly effect: 'allow' | 'deny';
  readonly priority: number;
  readonly outcome: RuleOutcome;
  /** Why there is no answer. */
  readonly message: string | null;
  /** This rule made the decision. */
  readonly decides: boolean;
  /** `null`: the condition was not looked at. */
  readonly condition: ConditionTrace | null;
  /** What the condition took; `null` when it was not looked at. */
  readonly microseconds: number | null;
}

export interface RulesTrace {
  readonly decision: Decision;
  /** Every rule that is attached, in the order in which they are looked at. */
  readonly rules: readonly RuleTrace[];
  /** Policies with enforcement rules, as far as somebody had to know whether they count. */
  readonly policies: readonly PolicyTrace[];
}

export interface PolicyTrace {
  readonly policy: string;
  readonly applies: Truth;
  readonly enforcement: readonly EnforcementTrace[];
}

export interface EnforcementTrace {
  readonly effect: 'ENFORCE' | 'IGNORE';
  readonly condition: ConditionTrace;
  readonly microseconds: number;
}

/** Decides, and tells of everything that was looked at. */
export function traceRules(list: RuleList, input: PolicyInput): RulesTrace {
  const recorder = new Recorder(input);
  const decision = decide(recorder.recorded(list), input);
  return { decision, rules: recorder.rulesOf(list, decision), policies: recorder.policiesOf(list) };
}

interface Seen {
  readonly condition: ConditionTrace;
  readonly microseconds: number;
}

/** The decision is that of `decide` over the same rules, whose conditions note what they give. */
class Recorder {
  readonly #input: PolicyInput;
  /** By rule, of either kind. */
  readonly #seen = new Map<CompiledRule | CompiledEnforcement, Seen>();
  readonly #policies = new Map<CompiledPolicy, CompiledPolicy>();

  constructor(input: PolicyInput) {
    this.#input = input;
  }

  recorded(list: RuleList): RuleList {
    const rules = list.rules.map((rule) => ({
      ...rule,
      policy: this.#policy(rule.policy),
      condition: this.#condition(rule),
    }));
    return { ...list, rules };
  }

  rulesOf({ rules, broken }: RuleList, decision: Decision): RuleTrace[] {
    const deciding = broken === null ? this.#deciding(rules, decision) : -1;
    return rules.map((rule, i) =>
      this.#rule(rule, { decides: i === deciding, isUnread: broken !== null || (deciding >= 0 && i > deciding) }),
    );
  }

  /** Looking ends with the rule that decides; -1 when none does. */
  #deciding(rules: readonly CompiledRule[], { policy, rule }: Decision): number {
    if (rule === 'enforcementRules')
      return rules.findIndex((one) => one.policy.name === policy && !this.#seen.has(one));
    return policy === null ? -1 : rules.findLastIndex((one) => this.#seen.has(one));
  }

  policiesOf({ rules }: RuleList): PolicyTrace[] {
    const policies = [...new Set(rules.map(({ policy }) => policy))];
    return policies
      .filter(({ enforcement }) => enforcement.some((rule) => this.#seen.has(rule)))
      .map((policy) => ({
        policy: policy.name,
        applies: this.#applies(policy),
        enforcement: policy.enforcement.flatMap((rule) => {
          const seen = this.#seen.get(rule);
          return seen === undefined ? [] : [{ effect: rule.effect, ...seen }];
        }),
      }));
  }

  #rule(rule: CompiledRule, { decides, isUnread }: { decides: boolean; isUnread: boolean }): RuleTrace {
    const { policy, name, effect, priority } = rule;
    const facts = { policy: policy.name, rule: name, effect, priority, decides };
    const seen = this.#seen.get(rule);
    if (seen !== undefined) return { ...facts, ...outcomeOf(seen.condition.truth), ...seen };
    const unseen = isUnread ? UNREAD : unseenOutcome(this.#applies(policy));
    return { ...facts, ...unseen, condition: null, microseconds: null };
  }

  #applies(policy: CompiledPolicy): Truth {
    return aside(this.#input.budget, () => applies(policy, this.#input));
  }

  #policy(policy: CompiledPolicy): CompiledPolicy {
    const known = this.#policies.get(policy);
    if (known !== undefined) return known;
    const enforcement = policy.enforcement.map((rule) => ({ ...rule, condition: this.#condition(rule) }));
    const recorded = { ...policy, enforcement };
    this.#policies.set(policy, recorded);
    return recorded;
  }

  /**
   * As it is evaluated for requests, without what is certain for the Service, and that is timed; then again for its
   * parts, which takes longer and no budget.
   */
  #condition(rule: CompiledRule | CompiledEnforcement): CompiledCondition {
    const { condition } = rule;
    return {
      evaluate: (input) => {
        const asked = reduced(condition, { ...input, budget: null });
        const began = performance.now();
        const truth = asked.evaluate(input);
        const microseconds = (performance.now() - began) * 1000;
        const trace = aside(input.budget, () => traceCondition(condition, input));
        this.#seen.set(rule, { condition: { ...trace, truth }, microseconds });
        return truth;
      },
    };
  }
}

const UNREAD = { outcome: 'unread', message: null } as const;

type Outcome = Pick<RuleTrace, 'outcome' | 'message'>;

function outcomeOf(truth: Truth): Outcome {
  if (typeof truth === 'boolean') return { outcome: truth ? 'matched' : 'no-match', message: null };
  return { outcome: truth.kind, message: truth.message };
}

function unseenOutcome(counts: Truth): Outcome {
  if (typeof counts === 'boolean') return { outcome: 'ignored', message: null };
  return { outcome: counts.kind === 'missing' ? 'open' : counts.kind, message: counts.message };
}

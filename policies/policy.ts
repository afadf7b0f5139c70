import type { EnforcementRule, PolicySpec, Rule } from '../src/model/policy.ts';
import { isCost } from './certain.ts';
import { type CompiledCondition, type ConditionProblem, compileCondition, type Truth } from './condition.ts';
import type { Decision } from './decision.ts';
import type { Engine } from './engine.ts';
import { freeMap } from './input/plain.ts';
import type { PolicyInput } from './input.ts';
import type { FailureKind } from './values/failure.ts';

/** A Policy, or an inline one, ready to be evaluated. Broken when anything in it does not compile. */
export interface CompiledPolicy {
  /** `allow-all`, or `Service/api#name` for an inline one. */
  readonly name: string;
  /** What it was compiled from. */
  readonly spec: PolicySpec;
  readonly isDisabled: boolean;
  /** Only what it would change is told. */
  readonly isShadow: boolean;
  readonly rules: readonly CompiledRule[];
  readonly enforcement: readonly CompiledEnforcement[];
  /** With paths from the spec of the Policy. */
  readonly problems: readonly ConditionProblem[];
}

export interface CompiledRule {
  readonly policy: CompiledPolicy;
  /** Its own name, or its position: `rules[2]`. */
  readonly name: string;
  readonly priority: number;
  readonly effect: 'allow' | 'deny';
  readonly condition: CompiledCondition;
  /** The decision when the condition holds, made once. */
  readonly matched: Decision;
}

export interface CompiledEnforcement {
  readonly effect: 'ENFORCE' | 'IGNORE';
  readonly condition: CompiledCondition;
}

export function compilePolicy(name: string, spec: PolicySpec, engine: Engine): CompiledPolicy {
  return new PolicyCompilation(name, spec, engine);
}

class PolicyCompilation implements CompiledPolicy {
  readonly name: string;
  readonly spec: PolicySpec;
  readonly isDisabled: boolean;
  readonly isShadow: boolean;
  readonly rules: readonly CompiledRule[];
  readonly enforcement: readonly CompiledEnforcement[];
  readonly problems: ConditionProblem[] = [];

  constructor(name: string, spec: PolicySpec, engine: Engine) {
    this.name = name;
    this.spec = spec;
    this.isDisabled = spec.isDisabled === true;
    this.isShadow = spec.shadow === true;
    const attrs = freeMap(spec.attrs ?? {});
    const condition = (list: string, position: number, rule: Rule | EnforcementRule): CompiledCondition => {
      const compiled = compileCondition(rule.condition, engine, attrs);
      if (compiled.ok) return compiled.condition;
      for (const problem of compiled.problems) {
        this.problems.push({ ...problem, path: [list, position, 'condition', ...problem.path] });
      }
      return BROKEN;
    };
    this.rules = (spec.rules ?? []).map((rule, i) => this.#rule(rule, i, condition('rules', i, rule)));
    this.enforcement = (spec.enforcementRules ?? []).map((rule, i) => {
      return { effect: rule.effect, condition: condition('enforcementRules', i, rule) };
    });
  }

  #rule(rule: Rule, position: number, condition: CompiledCondition): CompiledRule {
    const name = rule.name ?? `rules[${position}]`;
    const effect = rule.effect === 'ALLOW' ? 'allow' : 'deny';
    const reason = effect === 'allow' ? 'policy-allowed' : 'policy-denied';
    const matched: Decision = { effect, reason, policy: this.name, rule: name, detail: null };
    return { policy: this, name, priority: rule.priority ?? 0, effect, condition, matched };
  }
}

/** Never asked: a policy with problems denies before its rules are looked at. */
const BROKEN: CompiledCondition = {
  evaluate: () => ({ kind: 'error', message: 'the condition does not compile' }),
};

/**
 * Whether a policy counts for this request: an ENFORCE rule matches, or no IGNORE rule does. What cannot be evaluated
 * leaves it open unless the answer is the same either way.
 */
export function applies(policy: CompiledPolicy, input: PolicyInput): Truth {
  if (policy.enforcement.length === 0) return true;
  const enforced = anyOf(policy, 'ENFORCE', input);
  if (enforced === true || isCost(enforced)) return enforced;
  const ignored = anyOf(policy, 'IGNORE', input);
  if (ignored === false) return true;
  if (ignored === true) return enforced;
  return worse(enforced, ignored);
}

function anyOf(policy: CompiledPolicy, effect: CompiledEnforcement['effect'], input: PolicyInput): Truth {
  let open: Truth = false;
  for (const rule of policy.enforcement) {
    if (rule.effect !== effect) continue;
    const truth = rule.condition.evaluate(input);
    if (truth === true || isCost(truth)) return truth;
    open = worse(open, truth);
  }
  return open;
}

/** Too much says more than an error, that more than something missing, and that more than false. */
function worse(a: Truth, b: Truth): Truth {
  return rank(b) > rank(a) || typeof a === 'boolean' ? b : a;
}

const RANKS: Readonly<Record<FailureKind, number>> = { missing: 1, error: 2, cost: 3 };

function rank(truth: Truth): number {
  return typeof truth === 'boolean' ? 0 : RANKS[truth.kind];
}

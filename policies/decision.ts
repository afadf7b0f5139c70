import type { Principal } from '../identity/principal.ts';
import type { CheckTrace } from './checks.ts';
import type { RuleList } from './decide.ts';
import type { PolicyInput } from './input.ts';

/** The answer to "may this happen?", with its reason. */
export interface Decision {
  readonly effect: 'allow' | 'deny';
  readonly reason: DecisionReason;
  /** Name of the Policy that decided, such as `allow-all`, or `Service/api#inline-name` for an inline one. */
  readonly policy: string | null;
  /** Name of the rule, or its position (`rules[2]`) when it has none. */
  readonly rule: string | null;
  /** For the log: what went wrong in a `policy-error`. */
  readonly detail: string | null;
  /** Only when shadow policies would have it otherwise: the one that would decide. */
  readonly shadow?: readonly ShadowVerdict[];
}

export interface ShadowVerdict {
  readonly policy: string;
  /** `undecided`: a remote policy that only shadow policies ask has not answered yet. */
  readonly would: Decision['effect'] | 'undecided';
}

/** The denying ones are a subset of the reasons of `gateway/reasons.ts`. */
export type DecisionReason =
  | 'policy-allowed'
  | 'anonymous'
  | 'session-not-active'
  | 'session-expired'
  | 'user-disabled'
  | 'authenticator-authentication-required'
  | 'authenticator-registration-required'
  | 'session-client-type'
  | 'scope-insufficient'
  | 'policy-denied'
  | 'no-policy-match'
  | 'policy-error'
  | 'policy-cost';

/** Decides for one Service; compiled from everything that is attached to it, its Namespace and the cluster. */
export interface Authorizer {
  authorize(principal: Principal, input: PolicyInput): Decision;
  /** What the decision is made of. Left out: no policy has a say. */
  basis?(principal: Principal, time: number): DecisionBasis;
}

/** For explanations: what `authorize` looks at. */
export interface DecisionBasis {
  readonly checks: readonly CheckTrace[];
  /** `null`: no rule is looked at, because nobody is signed in or a check does not hold. */
  readonly list: RuleList | null;
  /** The same without the rules that can make no difference: what is decided by. `null` where `list` is. */
  readonly deciding: RuleList | null;
}

import type { Principal } from '../identity/principal.ts';
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
}

/** The denying ones are a subset of the reasons of `gateway/reasons.ts`. */
export type DecisionReason =
  | 'policy-allowed'
  | 'anonymous'
  | 'session-not-active'
  | 'session-expired'
  | 'user-disabled'
  | 'session-client-type'
  | 'scope-insufficient'
  | 'policy-denied'
  | 'no-policy-match'
  | 'policy-error'
  | 'policy-cost';

/** Decides for one Service; compiled from everything that is attached to it, its Namespace and the cluster. */
export interface Authorizer {
  authorize(principal: Principal, input: PolicyInput): Decision;
}

import type { ConditionTrace } from '../../policies/compiled-condition.ts';
import type { Decision } from '../../policies/decision.ts';
import type { Reach } from '../../policies/explain/reach.ts';
import type { RulesTrace } from '../../policies/explain/rules.ts';
import type { SplitNote } from '../../policies/split/split.ts';

/** A question about a decision, as JSON. */
export interface ExplainRequest {
  readonly asker: AskedFor;
  readonly request: AskedOf;
}

/** Who would ask. What is left out is as after a fresh sign-in. */
export interface AskedFor {
  /** `null`: nobody is signed in. */
  readonly user: string | null;
  /** Instead of the groups of the User. */
  readonly groups?: readonly string[];
  readonly sessionType?: 'CLIENT' | 'CLIENTLESS';
  /** Name of the Credential that made the session. */
  readonly credential?: string;
  readonly aal?: 'AAL1' | 'AAL2' | 'AAL3';
}

/** What would be asked for. */
export interface AskedOf {
  readonly method: string;
  /** Absolute; a path is asked of each Service that is meant. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64; `null`: there is none. */
  readonly body: string | null;
  /** `null`: 127.0.0.1. */
  readonly clientAddress: string | null;
  /** Milliseconds since 1970; `null`: now. */
  readonly time: number | null;
}

export interface Explanation {
  readonly generation: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly clientAddress: string;
    /** RFC 3339. */
    readonly time: string;
  };
  readonly asker: {
    readonly user: string | null;
    readonly groups: readonly string[];
    readonly sessionType: 'CLIENT' | 'CLIENTLESS' | null;
  };
  /** `null`: no Service answers. */
  readonly service: string | null;
  /** Whether the request would be sent to an upstream. */
  readonly effect: 'allow' | 'deny';
  /** Of the decision, or of whatever refuses the request before or after it. */
  readonly reason: string;
  readonly detail: string | null;
  /** `null`: it did not come to a decision. */
  readonly decision: Decision | null;
  readonly checks: readonly { readonly check: string; readonly holds: boolean }[];
  /** `null`: no rule was looked at. */
  readonly rules: RulesTrace | null;
  /** The same with the shadow policies enforced; `null`: there are none. */
  readonly shadow: RulesTrace | null;
  /** `null`: the request is refused before a config is chosen. */
  readonly config: {
    /** `null`: none fits. */
    readonly name: string | null;
    /** `spec.dynamicConfig.rules`; `null`: not looked at. */
    readonly rules: readonly (ConditionTrace | null)[];
    /** How it was chosen among several; `null`: the rule names one, or none matches. */
    readonly split: Pick<SplitNote, 'shares' | 'stickyBy' | 'isDrawn'> | null;
  } | null;
}

/** Who can reach a Service, or what a user can reach. Exactly one of the two names is given. */
export interface ReachRequest {
  readonly service: string | null;
  readonly asker: AskedFor | null;
  /** `null`: whatever is asked for. */
  readonly request: AskedOf | null;
  /** Milliseconds since 1970, without a request; `null`: now. */
  readonly time: number | null;
}

export interface ReachAnswer {
  readonly generation: number;
  readonly rows: readonly ReachRow[];
}

export interface ReachRow {
  readonly service: string;
  /** `null`: nobody is signed in. */
  readonly user: string | null;
  readonly can: Reach;
  /** For the request, or for `GET /` without one. */
  readonly effect: 'allow' | 'deny';
  readonly reason: string;
  /** That decides. */
  readonly policy: string | null;
  readonly rule: string | null;
}

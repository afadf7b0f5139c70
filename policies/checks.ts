import type { IdentifiedPrincipal } from '../identity/principal.ts';
import type { Decision, DecisionReason } from './decision.ts';
import { scopesAllow } from './scopes.ts';

/** What the checks need to know of the Service. */
export interface ServiceFacts {
  readonly isPublic: boolean;
  /** `scopesOf` its name. */
  readonly scopes: ReadonlySet<string>;
}

type Check = (principal: IdentifiedPrincipal, service: ServiceFacts, time: number) => Decision | null;

/** What must hold before any policy is asked, in this order. */
const CHECKS: readonly Check[] = [
  ({ session }) => (session.spec.state === 'ACTIVE' ? null : refusal('session-not-active')),
  // an unreadable time counts as past
  ({ session }, _, time) => (time < Date.parse(session.spec.expiresAt) ? null : refusal('session-expired')),
  ({ device }) => {
    if (device === null || device.spec.state === 'ACTIVE') return null;
    return refusal('session-not-active', 'the device of the session is not active');
  },
  ({ user }) => (user.spec.isDisabled === true ? refusal('user-disabled') : null),
  ({ session }, { isPublic }) => {
    return isPublic || session.status.type === 'CLIENT' ? null : refusal('session-client-type');
  },
  ({ session }, { scopes }) => (scopesAllow(session.status.scopes, scopes) ? null : refusal('scope-insufficient')),
];

/** The first check that fails, `null` when all hold. `time` in milliseconds since 1970. */
export function checkPrincipal(principal: IdentifiedPrincipal, service: ServiceFacts, time: number): Decision | null {
  for (const check of CHECKS) {
    const decision = check(principal, service, time);
    if (decision !== null) return decision;
  }
  return null;
}

function refusal(reason: DecisionReason, detail: string | null = null): Decision {
  return { effect: 'deny', reason, policy: null, rule: null, detail };
}

import type { IdentifiedPrincipal } from '../identity/principal.ts';
import type { Session } from '../src/model/index.ts';
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
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['the session is active', ({ session }) => (session.spec.state === 'ACTIVE' ? null : refusal('session-not-active'))],
  [
    'the session has not ended',
    // an unreadable time counts as past
    ({ session }, _, time) => (time < endOf(session) ? null : refusal('session-expired')),
  ],
  [
    'no second factor is asked for',
    ({ session }) => {
      const { authenticatorAction } = session.status;
      if (authenticatorAction === 'AUTHENTICATION_REQUIRED') return refusal('authenticator-authentication-required');
      return authenticatorAction === 'REGISTRATION_REQUIRED' ? refusal('authenticator-registration-required') : null;
    },
  ],
  [
    'the device is active',
    ({ device }) => {
      if (device === null || device.spec.state === 'ACTIVE') return null;
      return refusal('session-not-active', 'the device of the session is not active');
    },
  ],
  ['the user is not disabled', ({ user }) => (user.spec.isDisabled === true ? refusal('user-disabled') : null)],
  [
    'the Service takes this kind of session',
    ({ session }, { isPublic }) => {
      return isPublic || session.status.type === 'CLIENT' ? null : refusal('session-client-type');
    },
  ],
  [
    'the scopes name the Service',
    ({ session }, { scopes }) => (scopesAllow(session.status.scopes, scopes) ? null : refusal('scope-insufficient')),
  ],
];

/** The first check that fails, `null` when all hold. `time` in milliseconds since 1970. */
export function checkPrincipal(principal: IdentifiedPrincipal, service: ServiceFacts, time: number): Decision | null {
  for (const [, check] of CHECKS) {
    const decision = check(principal, service, time);
    if (decision !== null) return decision;
  }
  return null;
}

export interface CheckTrace {
  /** What must hold. */
  readonly check: string;
  readonly holds: boolean;
}

/** The checks as far as `checkPrincipal` goes. */
export function traceChecks(principal: IdentifiedPrincipal, service: ServiceFacts, time: number): CheckTrace[] {
  const results = CHECKS.map(([check, run]) => ({ check, holds: run(principal, service, time) === null }));
  const failed = results.findIndex(({ holds }) => !holds);
  return failed < 0 ? results : results.slice(0, failed + 1);
}

function refusal(reason: DecisionReason, detail: string | null = null): Decision {
  return { effect: 'deny', reason, policy: null, rule: null, detail };
}

/** Sessions do not change: another one takes their place. */
const ends = new WeakMap<Session, number>();

function endOf(session: Session): number {
  const known = ends.get(session);
  if (known !== undefined) return known;
  const end = Date.parse(session.spec.expiresAt);
  ends.set(session, end);
  return end;
}

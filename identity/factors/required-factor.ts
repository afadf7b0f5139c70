import type { Session } from '../../src/model/index.ts';

/** Why a session may do nothing before a second factor was shown or set up; names as in `gateway/reasons.ts`. */
export type FactorRefusal = 'authenticator-authentication-required' | 'authenticator-registration-required';

/** `null`: none is required of this session. */
export function requiredFactor({ status }: Session): FactorRefusal | null {
  if (status.authenticatorAction === 'AUTHENTICATION_REQUIRED') return 'authenticator-authentication-required';
  return status.authenticatorAction === 'REGISTRATION_REQUIRED' ? 'authenticator-registration-required' : null;
}

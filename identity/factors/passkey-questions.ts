import { hashHandle } from '../../src/base/ids.ts';
import type { User } from '../../src/model/index.ts';
import type { SignInDeps } from '../sign-in/visit.ts';
import { PASSKEY_SIGN_IN_PATH } from './addresses.ts';
import type { PasskeyFactor } from './factor.ts';
import type { PasskeyQuestion } from './pages.ts';
import type { Tickets } from './tickets.ts';
import type { OwnVisit } from './visit.ts';

/** Milliseconds that a browser waits for its person. */
const TIMEOUT = 120_000;
/** COSE: ES256, which every authenticator has, and RS256 for older Windows. */
const ALGORITHMS = [-7, -257];

/** Asks for one of these passkeys. */
export function questionFor(
  { config, deps, own }: OwnVisit,
  passkeys: readonly PasskeyFactor[],
  action: string,
): PasskeyQuestion {
  const { challenge, ticket } = deps.tickets.issue('second-factor', own.session.metadata.uid);
  const allowCredentials = passkeys.map(descriptor);
  const options = { challenge, rpId: config.domain, allowCredentials, userVerification: 'required', timeout: TIMEOUT };
  return { action, options, ticket };
}

/** Asks for any passkey that this browser or its person has here, where passkeys sign in by themselves. */
export function passkeySignInQuestion(tickets: Tickets): SignInDeps['passkeySignIn'] {
  return ({ config }, query) => {
    if (config.clusterConfig?.spec.authenticator?.enablePasskeyLogin !== true) return null;
    const { challenge, ticket } = tickets.issue('sign-in', null);
    const options = { challenge, rpId: config.domain, userVerification: 'required', timeout: TIMEOUT };
    return { action: `${PASSKEY_SIGN_IN_PATH}?${query}`, options, ticket };
  };
}

/** Asks for a new passkey, on an authenticator that has none of these. */
export function registrationQuestion(
  { config, deps, own }: OwnVisit,
  known: readonly PasskeyFactor[],
  action: string,
): PasskeyQuestion {
  const { challenge, ticket } = deps.tickets.issue('register', own.session.metadata.uid);
  const options = {
    challenge,
    rp: { id: config.domain, name: config.domain },
    user: userEntity(own.user, config.domain),
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    attestation: 'none',
    timeout: TIMEOUT,
  };
  return { action, options, ticket };
}

function descriptor({ credentialId, transports }: PasskeyFactor) {
  return { type: 'public-key', id: credentialId, transports };
}

/** WebAuthn 14.6.1: the user handle says nothing about the person. */
function userEntity({ metadata, spec }: User, domain: string) {
  const id = hashHandle(`user handle ${domain} ${metadata.name} ${metadata.uid ?? ''}`);
  return { id, name: spec.email ?? metadata.name, displayName: metadata.displayName ?? metadata.name };
}

import { networkOf } from '../../src/base/network.ts';
import type { User } from '../../src/model/index.ts';
import type { RecognisedBy } from '../sessions/new-session.ts';
import { verifyAssertion } from './assertions/workload-assertion.ts';
import type { CredentialHolder } from './credential-standing.ts';
import type { OAuthForm } from './form.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth } from './refusal.ts';
import { type ShownAssertion, type ShownSecret, shownClient } from './shown-client.ts';
import type { OAuth2Visit } from './visit.ts';

/** Who asks for a token. */
export type OAuth2Client =
  | (CredentialHolder & { readonly kind: 'credential'; readonly clientId: string })
  | { readonly kind: 'workload'; readonly user: User; readonly by: RecognisedBy }
  | { readonly kind: 'public'; readonly clientId: string | null };

/** Failures within a minute, in each process. */
const MOST_OF_CLIENT = 10;
const MOST_OF_ADDRESS = 60;

const FAILED = 'client authentication failed';

/** RFC 6749 2.3. Whoever shows nothing is a public client; what is shown and wrong is refused. */
export async function authenticateClient(visit: OAuth2Visit, form: OAuthForm): Promise<OAuth2Client | OAuthRefusal> {
  const shown = shownClient(visit.request.headers, form);
  if (isOAuthRefusal(shown)) return shown;
  if (shown.kind === 'none') return { kind: 'public', clientId: shown.clientId };
  if (isSlowedDown(visit, shown)) return tooManyFailures();
  const client = await authenticate(visit, shown);
  if (isOAuthRefusal(client)) noteFailure(visit, shown);
  return client;
}

type ShownProof = ShownSecret | ShownAssertion;

function authenticate(visit: OAuth2Visit, shown: ShownProof): Promise<OAuth2Client | OAuthRefusal> {
  return shown.kind === 'secret' ? bySecret(visit, shown) : byAssertion(visit, shown);
}

async function byAssertion({ config, deps }: OAuth2Visit, shown: ShownAssertion): Promise<OAuth2Client | OAuthRefusal> {
  const verified = await verifyAssertion(deps, config, shown.assertion);
  if (verified.kind === 'unusable') return refuseOAuth('invalid_client', FAILED, verified.detail);
  const { user, by, subject } = verified;
  // RFC 7521 4.2: when it is there, it names the same client
  if (shown.clientId !== null && shown.clientId !== subject) return refuseOAuth('invalid_client', FAILED, 'another id');
  return { kind: 'workload', user, by };
}

async function bySecret(visit: OAuth2Visit, shown: ShownSecret): Promise<OAuth2Client | OAuthRefusal> {
  const { clientId, secret } = shown;
  const holder = await visit.deps.clients.verify(clientId, secret, visit.config.directory);
  if (holder === null) return refuseOAuth('invalid_client', FAILED, `client ${short(clientId)}`);
  return { kind: 'credential', clientId, ...holder };
}

/** An address by itself, and a client from an address: nobody can lock a client out from elsewhere. */
function keysOf({ request }: OAuth2Visit, { clientId }: ShownProof) {
  const ofAddress = networkOf(request.clientAddress);
  return { ofAddress, ofClient: `${ofAddress} ${short(clientId ?? '')}` };
}

/** Strangers choose what is remembered and logged: not how much. */
function short(clientId: string): string {
  return clientId.slice(0, 64);
}

function isSlowedDown(visit: OAuth2Visit, shown: ShownProof): boolean {
  const { failures } = visit.deps;
  const { ofAddress, ofClient } = keysOf(visit, shown);
  return failures.isSpent(ofAddress, MOST_OF_ADDRESS) || failures.isSpent(ofClient, MOST_OF_CLIENT);
}

function noteFailure(visit: OAuth2Visit, shown: ShownProof): void {
  const { ofAddress, ofClient } = keysOf(visit, shown);
  visit.deps.failures.note(ofAddress);
  visit.deps.failures.note(ofClient);
}

function tooManyFailures(): OAuthRefusal {
  return { ...refuseOAuth('slow_down', 'too many failures; try again in a minute'), status: 429 };
}

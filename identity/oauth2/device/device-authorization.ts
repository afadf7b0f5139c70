import { networkOf } from '../../../src/base/network.ts';
import { type SiteAnswer, showJson } from '../../site/answer.ts';
import { originOf } from '../../site/origin.ts';
import { DEVICE_PATH } from '../addresses.ts';
import { authenticateClient } from '../client-authentication.ts';
import { readOAuthForm } from '../form.ts';
import { askedScopes } from '../grants/client-credentials.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth, spellOAuthRefusal } from '../refusal.ts';
import type { OAuth2Visit } from '../visit.ts';
import { INTERVAL } from './device-grants.ts';

/** The one client that is known without a Credential: the command line. */
export const COMMAND_LINE = 'ostiary-cli';
/** Requests of an address within a minute, in each process. */
const MOST_OF_ADDRESS = 30;

/** `POST /oauth2/device_authorization` on the auth host (RFC 8628 3.1). */
export async function authorizeDevice(visit: OAuth2Visit): Promise<SiteAnswer> {
  const answer = await deviceAuthorization(visit);
  return isOAuthRefusal(answer) ? spellOAuthRefusal(answer) : showJson(answer);
}

async function deviceAuthorization(visit: OAuth2Visit): Promise<object | OAuthRefusal> {
  const { request, deps } = visit;
  const form = await readOAuthForm(request);
  if (isOAuthRefusal(form)) return form;
  const client = await authenticateClient(visit, form);
  if (isOAuthRefusal(client)) return client;
  if (client.kind !== 'public') return refuseOAuth('unauthorized_client', 'devices are of people');
  if (client.clientId === null) return refuseOAuth('invalid_request', 'client_id is missing');
  if (client.clientId !== COMMAND_LINE) return refuseOAuth('invalid_client', 'this client is not known');
  const asked = askedScopes(form, undefined);
  if (isOAuthRefusal(asked)) return asked;
  if (isTooOften(visit))
    return { ...refuseOAuth('slow_down', 'too many requests; try again in a minute'), status: 429 };
  const { clientAddress } = request;
  const begun = await deps.devices.begin({ clientId: client.clientId, scopes: asked.scopes ?? null, clientAddress });
  const page = `${originOf(request)}${DEVICE_PATH}`;
  return {
    device_code: begun.deviceCode,
    user_code: begun.userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${begun.userCode}`,
    expires_in: begun.expiresIn,
    interval: INTERVAL,
  };
}

function isTooOften({ request, deps }: OAuth2Visit): boolean {
  const key = `device ${networkOf(request.clientAddress)}`;
  deps.failures.note(key);
  return deps.failures.isSpent(key, MOST_OF_ADDRESS + 1);
}

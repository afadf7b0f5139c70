import { hashHandle } from '../../src/base/ids.ts';
import type { IdentityProvider } from '../../src/model/index.ts';
import { LOGOUT_TOKEN_AGE, type LogoutReading, type LogoutToken } from '../oidc/logout-token.ts';
import { refuseJson, type SiteAnswer, showJson } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { onlyParameter } from '../site/visit.ts';
import type { Visit } from './visit.ts';

/** Records of logout tokens that were obeyed, for as long as they could be shown again. */
const SPACE = 'logout-token';
const MOST_TOKENS = 100_000;
const KEPT = 3 * LOGOUT_TOKEN_AGE * 1000;

/**
 * `POST /.ostiary/backchannel-logout/PROVIDER` on the auth host (OpenID Connect Back-Channel Logout 1.0): the provider
 * itself, not a browser, says whose sessions are over.
 */
export async function backChannelLogout(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const provider = visit.config.identityProviders.find(({ metadata }) => metadata.name === providerName);
  if (provider?.spec.oidc === undefined) return refuse('the provider is not known');
  const reading = await readForm(visit.request);
  if (!reading.ok) return reading.answer;
  const text = onlyParameter(reading.form, 'logout_token');
  if (text === null) return refuse('logout_token must be there once');
  const token = await verify(visit, provider, text);
  if (token.kind === 'refused') return refuse(token.detail);
  return obey(visit, providerName, token.token);
}

async function verify({ deps }: Visit, provider: IdentityProvider, text: string): Promise<LogoutReading> {
  const known = await deps.relyingParty.metadata(provider);
  if (known.kind === 'refused') return known;
  return deps.logoutTokens.read(text, provider.spec.oidc!.clientID, known.server);
}

async function obey({ deps }: Visit, provider: string, token: LogoutToken): Promise<SiteAnswer> {
  const { records } = deps.store;
  const key = hashHandle(JSON.stringify([provider, token.issuer, token.jti]));
  const expiresAt = deps.clock.now() + KEPT;
  if (!(await records.add({ space: SPACE, key, owner: '', expiresAt, json: '{}' }, MOST_TOKENS))) {
    return refuse('the logout token was shown before');
  }
  try {
    for (const uid of await deps.atProviders.uidsOf(provider, token)) await deps.sessions.revoke(uid);
  } catch (thrown) {
    // The provider tries again with the same token.
    await records.delete(SPACE, key);
    throw thrown;
  }
  return showJson({});
}

/** 2.8: 400 with the error of OAuth 2.0. Why is for the log alone: anybody may ask. */
function refuse(detail: string): SiteAnswer {
  return refuseJson(400, { error: 'invalid_request', error_description: 'the logout token is refused' }, detail);
}

import { type SiteAnswer, showJson } from '../site/answer.ts';
import { authenticateClient, type OAuth2Client } from './client-authentication.ts';
import { readOAuthForm } from './form.ts';
import { isOf } from './refresh/refresh.ts';
import type { ShownRefresh } from './refresh/refresh-tokens.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth, spellOAuthRefusal } from './refusal.ts';
import { type KnownToken, knownToken } from './shown-token.ts';
import type { OAuth2Visit } from './visit.ts';

/** `POST /oauth2/revoke` on the auth host (RFC 7009). A token that is good for nothing already is no mistake. */
export async function revoke(visit: OAuth2Visit): Promise<SiteAnswer> {
  const refusal = await revocation(visit);
  return refusal === null ? showJson({}) : spellOAuthRefusal(refusal);
}

async function revocation(visit: OAuth2Visit): Promise<OAuthRefusal | null> {
  const form = await readOAuthForm(visit.request);
  if (isOAuthRefusal(form)) return form;
  const client = await authenticateClient(visit, form);
  if (isOAuthRefusal(client)) return client;
  const text = form.get('token');
  if (text === undefined) return refuseOAuth('invalid_request', 'token is missing');
  const shown = await visit.deps.refreshTokens.look(text);
  if (shown !== null) return endRefreshable(visit, client, shown);
  const known = await knownToken(visit, text);
  if (known === null) return null;
  if (!isOwnedBy(client, known)) return refuseOAuth('unauthorized_client', 'the token was given to another client');
  await visit.deps.sessions.revoke(known.principal.session.metadata.uid);
  return null;
}

/** With a refresh token the whole session ends (RFC 7009 2.1); one that was used already was the client's too. */
async function endRefreshable(
  { deps }: OAuth2Visit,
  client: OAuth2Client,
  shown: ShownRefresh,
): Promise<OAuthRefusal | null> {
  if (!isOf(shown, client)) return refuseOAuth('unauthorized_client', 'the token was given to another client');
  await deps.sessions.revoke(shown.sessionUid);
  return null;
}

/** Tokens of no Credential belong to whoever has them. An access token that was made to stay ends by command. */
function isOwnedBy(client: OAuth2Client, { handle, principal }: KnownToken): boolean {
  if (handle.kind !== 'oauth2-token') return false;
  const made = principal.session.status.credentialRef;
  if (client.kind === 'workload') return client.user === principal.user;
  if (made === undefined) return client.kind === 'public';
  return client.kind === 'credential' && made.name === client.credential.metadata.name;
}

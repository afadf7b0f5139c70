import type { IdentifiedPrincipal } from '../principal.ts';
import { endOf } from '../sessions/backed-session.ts';
import { type SiteAnswer, showJson } from '../site/answer.ts';
import { originOf } from '../site/origin.ts';
import { authenticateClient } from './client-authentication.ts';
import { readOAuthForm } from './form.ts';
import type { Confirmation } from './proof/binding.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth, spellOAuthRefusal } from './refusal.ts';
import { knownToken, principalOf } from './shown-token.ts';
import type { OAuth2Visit } from './visit.ts';

const INACTIVE = { active: false };

/** `POST /oauth2/introspect` on the auth host (RFC 7662). Strangers learn nothing, about no token. */
export async function introspect(visit: OAuth2Visit): Promise<SiteAnswer> {
  const answer = await introspection(visit);
  return isOAuthRefusal(answer) ? spellOAuthRefusal(answer) : showJson(answer);
}

async function introspection(visit: OAuth2Visit): Promise<object | OAuthRefusal> {
  const form = await readOAuthForm(visit.request);
  if (isOAuthRefusal(form)) return form;
  const client = await authenticateClient(visit, form);
  if (isOAuthRefusal(client)) return client;
  if (client.kind === 'public') return refuseOAuth('invalid_client', 'the client must authenticate itself');
  const text = form.get('token');
  if (text === undefined) return refuseOAuth('invalid_request', 'token is missing');
  const looked = (await lookAtAccess(visit, text)) ?? (await lookAtRefresh(visit, text));
  return looked === null ? INACTIVE : describe(visit, looked);
}

interface LookedAt {
  readonly principal: IdentifiedPrincipal;
  /** Milliseconds since 1970, as below. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly isRefreshToken: boolean;
}

async function lookAtAccess(visit: OAuth2Visit, text: string): Promise<LookedAt | null> {
  const known = await knownToken(visit, text);
  if (known === null) return null;
  const { handle, principal } = known;
  const expiresAt = Math.min(handle.expiresAt, endOf(principal.session));
  return { principal, issuedAt: handle.createdAt, expiresAt, isRefreshToken: false };
}

/** Looking at a refresh token that was used already ends nothing. */
async function lookAtRefresh(visit: OAuth2Visit, text: string): Promise<LookedAt | null> {
  const { refreshTokens } = visit.deps;
  const shown = await refreshTokens.look(text);
  const principal = shown === null ? null : await principalOf(visit, shown.sessionUid);
  if (shown === null || principal === null || !refreshTokens.isCurrent(shown)) return null;
  const { record, family } = shown;
  const expiresAt = Math.min(record.expiresAt, endOf(principal.session));
  return { principal, issuedAt: family.issuedAt, expiresAt, isRefreshToken: true };
}

async function describe({ request, deps }: OAuth2Visit, looked: LookedAt): Promise<object> {
  const { user, session } = looked.principal;
  const { credentialRef, clientID, scopes, confirmation, actor } = session.status;
  const clientId = credentialRef === undefined ? (clientID ?? null) : await deps.clients.idOf(credentialRef.name);
  const type = confirmation?.jkt === undefined ? 'Bearer' : 'DPoP';
  return {
    active: true,
    iss: originOf(request),
    sub: user.metadata.name,
    username: user.metadata.name,
    ...(looked.isRefreshToken ? {} : { token_type: type }),
    iat: Math.floor(looked.issuedAt / 1000),
    exp: Math.floor(looked.expiresAt / 1000),
    ...(clientId === null ? {} : { client_id: clientId }),
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
    ...(confirmation === undefined ? {} : { cnf: cnfOf(confirmation) }),
    ...(actor === undefined ? {} : { act: { sub: actor.userRef.name } }),
  };
}

/** RFC 9449 6.1, RFC 8705 3.1. */
function cnfOf({ jkt, x5tS256 }: Confirmation) {
  return { ...(jkt === undefined ? {} : { jkt }), ...(x5tS256 === undefined ? {} : { 'x5t#S256': x5tS256 }) };
}

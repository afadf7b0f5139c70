import { endOf } from '../sessions/backed-session.ts';
import { type SiteAnswer, showJson } from '../site/answer.ts';
import { originOf } from '../site/origin.ts';
import { authenticateClient } from './client-authentication.ts';
import { readOAuthForm } from './form.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth, spellOAuthRefusal } from './refusal.ts';
import { type KnownToken, knownToken } from './shown-token.ts';
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
  const known = await knownToken(visit, text);
  return known === null ? INACTIVE : describe(visit, known);
}

async function describe({ request, deps }: OAuth2Visit, { handle, principal }: KnownToken): Promise<object> {
  const { user, session } = principal;
  const { credentialRef, scopes, confirmation, actor } = session.status;
  const clientId = credentialRef === undefined ? null : await deps.clients.idOf(credentialRef.name);
  return {
    active: true,
    iss: originOf(request),
    sub: user.metadata.name,
    username: user.metadata.name,
    token_type: confirmation?.jkt === undefined ? 'Bearer' : 'DPoP',
    iat: Math.floor(handle.createdAt / 1000),
    exp: Math.floor(Math.min(handle.expiresAt, endOf(session)) / 1000),
    ...(clientId === null ? {} : { client_id: clientId }),
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
    ...(confirmation === undefined ? {} : { cnf: cnfOf(confirmation) }),
    ...(actor === undefined ? {} : { act: { sub: actor.userRef.name } }),
  };
}

/** RFC 9449 6.1, RFC 8705 3.1. */
function cnfOf({ jkt, x5tS256 }: NonNullable<KnownToken['principal']['session']['status']['confirmation']>) {
  return { ...(jkt === undefined ? {} : { jkt }), ...(x5tS256 === undefined ? {} : { 'x5t#S256': x5tS256 }) };
}

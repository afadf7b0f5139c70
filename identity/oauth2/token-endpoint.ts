import { type SiteAnswer, showJson } from '../site/answer.ts';
import type { SiteRequest } from '../site/visit.ts';
import { authenticateClient } from './client-authentication.ts';
import { readOAuthForm } from './form.ts';
import { authToken } from './grants/auth-token.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import { deviceCode } from './grants/device-code.ts';
import type { GrantedOrder, NamedGrant } from './grants/grant.ts';
import { jwtBearer } from './grants/jwt-bearer.ts';
import { tokenExchange } from './grants/token-exchange.ts';
import { bindingOf, type Confirmation, type UsableProof } from './proof/binding.ts';
import { readDpopProof } from './proof/dpop.ts';
import { REFRESH_GRANT, refresh } from './refresh/refresh.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth, spellOAuthRefusal } from './refusal.ts';
import { spellToken } from './spelled-token.ts';
import { issueToken, type TokenOrder } from './token-issuer.ts';
import type { OAuth2Visit } from './visit.ts';

/** Every way to get a token of a new session, by `grant_type`. */
const GRANTS: ReadonlyMap<string, NamedGrant> = new Map([
  ['client_credentials', { name: 'CLIENT_CREDENTIALS', grant: clientCredentials }],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', { name: 'JWT_BEARER', grant: jwtBearer }],
  ['urn:ietf:params:oauth:grant-type:device_code', { name: 'DEVICE_CODE', grant: deviceCode }],
  ['urn:ietf:params:oauth:grant-type:token-exchange', { name: 'TOKEN_EXCHANGE', grant: tokenExchange }],
  ['urn:ostiary:params:oauth:grant-type:auth-token', { name: 'AUTH_TOKEN', grant: authToken }],
]);

export const GRANT_TYPES: readonly string[] = [...GRANTS.keys(), REFRESH_GRANT];

/** `POST /oauth2/token` on the auth host (RFC 6749 3.2). */
export async function token(visit: OAuth2Visit): Promise<SiteAnswer> {
  const answer = await grantToken(visit);
  return isOAuthRefusal(answer) ? spellOAuthRefusal(answer) : showJson(answer, [['pragma', 'no-cache']]);
}

async function grantToken(visit: OAuth2Visit): Promise<object | OAuthRefusal> {
  const form = await readOAuthForm(visit.request);
  if (isOAuthRefusal(form)) return form;
  const type = form.get('grant_type');
  if (type === undefined) return refuseOAuth('invalid_request', 'grant_type is missing');
  const found = GRANTS.get(type);
  if (found === undefined && type !== REFRESH_GRANT)
    return refuseOAuth('unsupported_grant_type', 'this grant_type is not known');
  const client = await authenticateClient(visit, form);
  if (isOAuthRefusal(client)) return client;
  // Before the grant: a mistake here uses nothing up.
  const proof = await readDpopProof(visit.deps, visit.request, null);
  if (proof.kind === 'invalid') return refuseOAuth('invalid_dpop_proof', 'the DPoP proof is not valid', proof.detail);
  if (found === undefined) return refresh(visit, form, client, proof);
  const order = await found.grant(visit, form, client);
  return isOAuthRefusal(order) ? order : bindAndIssue(visit, proof, order, found.name);
}

async function bindAndIssue(
  visit: OAuth2Visit,
  proof: UsableProof,
  order: GrantedOrder,
  grant: NamedGrant['name'],
): Promise<object | OAuthRefusal> {
  const binding = bindingOf(visit, proof, order.credential, order.inherited);
  if (isOAuthRefusal(binding)) return binding;
  if (!(await binding.claim())) return refuseOAuth('invalid_dpop_proof', 'the DPoP proof was shown before');
  return issue(visit, { ...order, grant }, binding.confirmation);
}

async function issue(
  { request, config, deps }: OAuth2Visit,
  { inherited: _inherited, issuedTokenType, ...order }: GrantedOrder & Pick<TokenOrder, 'grant'>,
  confirmation: Confirmation | undefined,
): Promise<object | OAuthRefusal> {
  const whole = { ...order, confirmation, origin: originOf(request) };
  const issued = await issueToken(deps, whole, config.directory);
  if (issued === null) return refuseOAuth('invalid_grant', 'what it is given for has ended');
  if (order.credential !== null) await deps.uses.note(order.credential);
  const scopes = order.scopes ?? order.credential?.spec.scopes;
  return spellToken({ ...issued, scopes, confirmation, issuedTokenType });
}

function originOf({ clientAddress, headers }: SiteRequest) {
  return { address: clientAddress, userAgent: headers.get('user-agent') };
}

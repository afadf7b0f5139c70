import type { Session } from '../../../src/model/index.ts';
import type { IdentifiedPrincipal } from '../../principal.ts';
import type { OAuth2Client } from '../client-authentication.ts';
import type { OAuthForm } from '../form.ts';
import { askedScopes } from '../grants/client-credentials.ts';
import { type Binding, bindingOf, type UsableProof } from '../proof/binding.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth } from '../refusal.ts';
import { principalOf } from '../shown-token.ts';
import { type SpelledToken, spellToken } from '../spelled-token.ts';
import type { OAuth2Visit } from '../visit.ts';
import type { ShownRefresh, TokenPair } from './refresh-tokens.ts';
import { type RefreshAsked, renew } from './renew.ts';

export const REFRESH_GRANT = 'refresh_token';

const NOT_GOOD = 'the refresh token is not good any more';

/** RFC 6749 6: another access token for a session that goes on, and another refresh token (RFC 9700 4.14.2). */
export async function refresh(
  visit: OAuth2Visit,
  form: OAuthForm,
  client: OAuth2Client,
  proof: UsableProof,
): Promise<SpelledToken | OAuthRefusal> {
  const token = form.get('refresh_token');
  if (token === undefined) return refuseOAuth('invalid_request', 'refresh_token is missing');
  const shown = await visit.deps.refreshTokens.look(token);
  if (shown === null) return refuseOAuth('invalid_grant', NOT_GOOD);
  if (!isOf(shown, client)) return refuseOAuth('invalid_grant', 'the refresh token was given to another client');
  const principal = await principalOf(visit, shown.sessionUid);
  if (principal === null) return refuseOAuth('invalid_grant', NOT_GOOD, 'its session may not do anything');
  const binding = possessionOf(visit, proof, principal);
  if (isOAuthRefusal(binding)) return binding;
  const asked = askedScopes(form, principal.session.status.scopes);
  if (isOAuthRefusal(asked)) return asked;
  if (!(await binding.claim())) return refuseOAuth('invalid_dpop_proof', 'the DPoP proof was shown before');
  return use(visit, shown, { principal, scope: form.get('scope') ?? null, scopes: asked.scopes });
}

export function isOf({ family }: ShownRefresh, client: OAuth2Client): boolean {
  return client.kind === 'public' && client.clientId === family.clientID;
}

/** Whoever renews a token shows what it is bound to; what is bound to nothing stays so. */
function possessionOf(visit: OAuth2Visit, proof: UsableProof, { session }: IdentifiedPrincipal) {
  const { confirmation } = session.status;
  if (proof.kind === 'proven' && confirmation?.jkt === undefined) {
    return refuseOAuth('invalid_dpop_proof', 'the refresh token is not bound to a key');
  }
  return bindingOf(visit, proof, null, confirmation) satisfies Binding | OAuthRefusal;
}

/** Whoever was first has renewed it by the second round, so there is no third. */
async function use(visit: OAuth2Visit, first: ShownRefresh, asked: RefreshAsked): Promise<SpelledToken | OAuthRefusal> {
  const { refreshTokens, clock } = visit.deps;
  for (let shown: ShownRefresh | null = first; shown !== null; shown = await refreshTokens.look(first.token)) {
    const found = await refreshTokens.useOf(shown, asked.scope);
    if (found.kind === 'used') return endSession(visit, shown);
    if (found.kind === 'repeat') return spellPair(found.pair, asked.principal.session, clock.now());
    const renewal = await renew(visit, shown, asked);
    if (renewal.kind === 'renewed') return spellPair(renewal.pair, renewal.session, clock.now());
    if (renewal.kind === 'ended') break;
  }
  return refuseOAuth('invalid_grant', NOT_GOOD);
}

/** Who shows it has it as well as whoever used it: one of them has stolen it. */
async function endSession({ deps }: OAuth2Visit, { sessionUid }: ShownRefresh): Promise<OAuthRefusal> {
  const ended = await deps.sessions.revoke(sessionUid);
  const name = ended?.metadata.name ?? sessionUid;
  return refuseOAuth('invalid_grant', NOT_GOOD, `it was used before: the session ${name} has ended`);
}

function spellPair({ accessToken, refreshToken, accessEndsAt }: TokenPair, { status }: Session, now: number) {
  const { scopes, confirmation } = status;
  const expiresIn = Math.max(0, Math.floor((accessEndsAt - now) / 1000));
  return spellToken({ accessToken, refreshToken, expiresIn, scopes, confirmation });
}

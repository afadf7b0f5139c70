import { AppError } from '../../../src/base/errors.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import type { Session } from '../../../src/model/index.ts';
import type { IdentifiedPrincipal } from '../../principal.ts';
import { endOf } from '../../sessions/backed-session.ts';
import { newAccessToken } from '../../tokens/access-token-format.ts';
import { areWithin } from '../scopes.ts';
import type { OAuth2Visit } from '../visit.ts';
import type { ShownRefresh, TokenPair } from './refresh-tokens.ts';

/** What a refresh asks for, and who may have it. */
export interface RefreshAsked {
  readonly principal: IdentifiedPrincipal;
  /** As it stands in the request. */
  readonly scope: string | null;
  readonly scopes: readonly string[] | undefined;
}

export type Renewed =
  | { readonly kind: 'renewed'; readonly pair: TokenPair; readonly session: Session }
  /** The session, while it was renewed. */
  | { readonly kind: 'ended' }
  /** Somebody else was first. */
  | { readonly kind: 'late' };

/** Another access token, and the next refresh token in the place of the one that is shown. */
export async function renew(visit: OAuth2Visit, shown: ShownRefresh, asked: RefreshAsked): Promise<Renewed> {
  const { sessions, refreshTokens, clock } = visit.deps;
  const terms = visit.config.directory.sessionTermsOf(asked.principal.user);
  const now = clock.now();
  const expiresAt = Math.min(shown.family.endsAt, now + terms.refreshToken);
  const session = await prepare(visit, asked, expiresAt);
  if (session === null) return { kind: 'ended' };
  const pair: TokenPair = {
    accessToken: newAccessToken(),
    refreshToken: refreshTokens.successor(shown),
    accessEndsAt: Math.min(expiresAt, now + terms.accessToken),
  };
  if (!(await addHandle(visit, session, pair))) return { kind: 'ended' };
  const former = await refreshTokens.renew(shown, { pair, scope: asked.scope, expiresAt });
  for (const hash of former ?? [hashHandle(pair.accessToken)]) await sessions.removeHandle(hash);
  return former === null ? { kind: 'late' } : { kind: 'renewed', pair, session };
}

/** `false`: the session has ended meanwhile. */
async function addHandle({ deps }: OAuth2Visit, session: Session, pair: TokenPair): Promise<boolean> {
  try {
    await deps.sessions.addTokenHandle(session, 'oauth2-token', pair.accessToken, pair.accessEndsAt);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return false;
    throw thrown;
  }
}

/** The session goes on for as long as its next token, and may do no more than is asked for. */
async function prepare(
  { deps }: OAuth2Visit,
  { principal, scopes }: RefreshAsked,
  end: number,
): Promise<Session | null> {
  const { session } = principal;
  if (scopes === undefined && endOf(session) === end) return session;
  return deps.sessions.change(session.metadata.uid, (before) => {
    const narrowed = scopes !== undefined && areWithin(scopes, before.status.scopes) ? { scopes: [...scopes] } : {};
    const expiresAt = new Date(end).toISOString();
    return { ...before, spec: { ...before.spec, expiresAt }, status: { ...before.status, ...narrowed } };
  });
}

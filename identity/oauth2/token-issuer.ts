import type { Clock } from '../../src/base/clock.ts';
import type { Session } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { SessionTerms } from '../sessions/lifetime.ts';
import type { TokenSession } from '../sessions/new-session.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import { newAccessToken } from '../tokens/access-token-format.ts';
import { expiryOf, NEVER } from './credential-standing.ts';
import type { RefreshTokens } from './refresh/refresh-tokens.ts';

export interface IssuerDeps {
  readonly sessions: SessionManager;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
}

/** What is to be issued. */
export interface TokenOrder extends TokenSession {
  readonly grant: NonNullable<TokenSession['grant']>;
  /** The token ends then at the latest, in milliseconds since 1970. */
  readonly notAfter?: number;
}

export interface IssuedToken {
  /** Shown once, like the next; only hashes are stored. */
  readonly accessToken: string;
  /** For programs that a person has let in. */
  readonly refreshToken: string | undefined;
  readonly session: Session;
  /** Whole seconds. */
  readonly expiresIn: number;
}

/**
 * Each token is a session of its own: one more ends none before it, as long as the user has no more than they may.
 * `null`: what it is given for has ended meanwhile.
 */
export async function issueToken(
  deps: IssuerDeps,
  order: TokenOrder,
  directory: Directory,
): Promise<IssuedToken | null> {
  const { sessions, clock } = deps;
  const terms = directory.sessionTermsOf(order.user);
  const now = clock.now();
  const span = spanOf(order, terms, now);
  const session = await sessions.createForToken(order, span.endsAt);
  const accessToken = newAccessToken();
  await sessions.addTokenHandle(session, 'oauth2-token', accessToken, span.accessEndsAt);
  if (await hasEnded(deps, order)) {
    await sessions.revoke(session.metadata.uid);
    return null;
  }
  const refreshToken = await beginRefreshing(deps, order, session, { ...span, accessToken });
  await endOldest(deps, session, terms.mostPerUser);
  return { accessToken, refreshToken, session, expiresIn: Math.floor((span.accessEndsAt - now) / 1000) };
}

/** Milliseconds since 1970. */
interface Span {
  readonly accessEndsAt: number;
  /** Unless it is renewed. */
  readonly endsAt: number;
  /** However often it is renewed. */
  readonly latest: number;
}

function spanOf({ notAfter = NEVER, credential, clientID }: TokenOrder, terms: SessionTerms, now: number): Span {
  const stated = Math.min(notAfter, credential === null ? NEVER : expiryOf(credential));
  const accessEndsAt = Math.min(stated, now + terms.accessToken);
  if (clientID === undefined) return { accessEndsAt, endsAt: accessEndsAt, latest: accessEndsAt };
  const latest = Math.min(stated, now + terms.lifetime);
  return {
    accessEndsAt: Math.min(accessEndsAt, latest),
    endsAt: Math.min(latest, now + terms.refreshToken),
    latest,
  };
}

/** `undefined`: nobody may renew the token. */
async function beginRefreshing(
  { refreshTokens }: IssuerDeps,
  { clientID }: TokenOrder,
  { metadata }: Session,
  { latest, endsAt, accessToken }: Span & { readonly accessToken: string },
): Promise<string | undefined> {
  if (clientID === undefined) return undefined;
  return refreshTokens.begin({ sessionUid: metadata.uid, clientID, endsAt: latest, accessToken, expiresAt: endsAt });
}

/** Looked at last: whoever ends the parent later finds the session that is there by now. */
async function hasEnded({ sessions }: IssuerDeps, { parent }: TokenOrder): Promise<boolean> {
  if (parent === undefined) return false;
  const found = await sessions.find(parent.metadata.uid);
  return found?.spec.state !== 'ACTIVE';
}

/** A token makes room among those of the same grant: neither a browser nor an access token that was made to stay ends. */
async function endOldest({ sessions }: IssuerDeps, { status }: Session, most: number): Promise<void> {
  const all = await sessions.list(status.userRef.name);
  const alike = all.filter((session) => session.status.grant === status.grant);
  for (const { metadata } of alike.slice(most)) await sessions.revoke(metadata.uid);
}

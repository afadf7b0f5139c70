import type { Clock } from '../../src/base/clock.ts';
import type { Session } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { TokenSession } from '../sessions/new-session.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import { newAccessToken } from '../tokens/access-token-format.ts';
import { expiryOf, NEVER } from './credential-standing.ts';

export interface IssuerDeps {
  readonly sessions: SessionManager;
  readonly clock: Clock;
}

/** What is to be issued. */
export interface TokenOrder extends TokenSession {
  readonly grant: NonNullable<TokenSession['grant']>;
  /** The token ends then at the latest, in milliseconds since 1970. */
  readonly notAfter?: number;
}

export interface IssuedToken {
  /** Shown once; only its hash is stored. */
  readonly accessToken: string;
  readonly session: Session;
  /** Whole seconds. */
  readonly expiresIn: number;
}

/** Each token is a session of its own: one more ends none before it, as long as the user has no more than they may. */
export async function issueToken(deps: IssuerDeps, order: TokenOrder, directory: Directory): Promise<IssuedToken> {
  const { sessions, clock } = deps;
  const { user, credential } = order;
  const terms = directory.sessionTermsOf(user);
  const now = clock.now();
  const ends = [now + terms.accessToken, order.notAfter ?? NEVER, credential === null ? NEVER : expiryOf(credential)];
  const expiresAt = Math.min(...ends);
  const session = await sessions.createForToken(order, expiresAt);
  const accessToken = newAccessToken();
  await sessions.addTokenHandle(session, 'oauth2-token', accessToken);
  await endOldest(deps, session, terms.mostPerUser);
  return { accessToken, session, expiresIn: Math.floor((expiresAt - now) / 1000) };
}

/** A token makes room among those of the same grant: neither a browser nor an access token that was made to stay ends. */
async function endOldest({ sessions }: IssuerDeps, { status }: Session, most: number): Promise<void> {
  const all = await sessions.list(status.userRef.name);
  const alike = all.filter((session) => session.status.grant === status.grant);
  for (const { metadata } of alike.slice(most)) await sessions.revoke(metadata.uid);
}

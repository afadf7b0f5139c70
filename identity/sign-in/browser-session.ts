import { hashHandle } from '../../src/base/ids.ts';
import type { Session, User } from '../../src/model/index.ts';
import { isHandle, readSessionCookie } from '../sessions/cookies.ts';
import type { StillSignedIn } from '../site/answer.ts';
import type { SiteVisit } from '../site/visit.ts';
import type { SignInDeps } from './visit.ts';

/** The session that this browser has on this host. */
export interface BrowserSession {
  readonly session: Session;
  readonly user: User;
  /** Of the handle in the cookie. */
  readonly handleHash: string;
}

/** `null` when there is none that is still good; only the cookie counts here, never a token. */
export async function browserSession({
  request,
  config,
  deps,
}: SiteVisit & { readonly deps: Pick<SignInDeps, 'resolver'> }): Promise<BrowserSession | null> {
  const shown = readSessionCookie(request.headers, request.scheme);
  if (shown === null || !isHandle(shown)) return null;
  const handleHash = hashHandle(shown);
  const resolution = await deps.resolver.resolve(handleHash, config.directory);
  if (resolution.kind !== 'resolved') return null;
  const { handle, principal } = resolution;
  if (handle.kind !== 'browser' || handle.host !== request.host) return null;
  return { session: principal.session, user: principal.user, handleHash };
}

/** For the page of a sign-in that came to nothing: whoever goes back to it is signed in all the same. */
export async function stillSignedIn(
  visit: SiteVisit & { readonly deps: Pick<SignInDeps, 'resolver'> },
  back: string,
): Promise<StillSignedIn | null> {
  const current = await browserSession(visit);
  return current === null ? null : { user: current.user, back };
}

import type { Session } from '../../src/model/index.ts';
import { authenticatedAgain } from '../sessions/authentications.ts';
import { setSessionCookie } from '../sessions/cookies.ts';
import type { ShownFactor } from './factor.ts';
import type { OwnVisit } from './visit.ts';

/**
 * The session as it is once its person has shown a second factor now. A second factor is a sign-in: `setAt` is when.
 *
 * @param time milliseconds since 1970
 */
export function raisedBy(session: Session, { type, name }: ShownFactor, time: number): Session {
  const { authentication } = session.status;
  const { authenticatorAction: _done, ...status } = session.status;
  const authenticator = { type, ...(name !== null && { authenticatorRef: { name } }) };
  const info = {
    ...authentication.info,
    aal: authentication.info.aal === 'AAL3' ? 'AAL3' : 'AAL2',
    authenticator,
  } as const;
  return { ...session, status: authenticatedAgain(status, { setAt: new Date(time).toISOString(), info }) };
}

/**
 * Raises the session of this browser, and gives the cookie with its new handle; the session keeps its identity, so that
 * what is open stays open. `null`: it has ended meanwhile, or may do nothing any more.
 */
export async function stepUp({ request, deps, own }: OwnVisit, shown: ShownFactor) {
  const now = deps.clock.now();
  const { uid } = own.session.metadata;
  // As it is now: whoever sends a form slowly does not bring back the state and the Groups of its beginning.
  const session = await deps.sessions.raise(uid, (before) => raisedBy(before, shown, now));
  if (session?.spec.state !== 'ACTIVE') return null;
  // One that a hand-over gave at that very moment, in another process: it looks again after this (`giveHandle`).
  await deps.store.handles.deleteOfSession(uid);
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  return { session, cookie: setSessionCookie(request.scheme, handle, Date.parse(session.spec.expiresAt) - now) };
}

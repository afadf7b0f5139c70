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
 * what is open stays open. `null`: it has ended meanwhile.
 */
export async function stepUp({ request, deps, own }: OwnVisit, shown: ShownFactor) {
  const now = deps.clock.now();
  const session = await deps.sessions.raise(own.session.metadata.uid, (before) => raisedBy(before, shown, now));
  if (session === null) return null;
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  return { session, cookie: setSessionCookie(request.scheme, handle, Date.parse(session.spec.expiresAt) - now) };
}

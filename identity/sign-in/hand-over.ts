import { hashHandle, newHandle } from '../../src/base/ids.ts';
import type { Session } from '../../src/model/index.ts';
import type { HandOver, SignInTarget } from '../ports.ts';
import { isHandle, readBindings, setSessionCookie } from '../sessions/cookies.ts';
import { redirect, type SiteAnswer, showPage } from '../site/answer.ts';
import { originOf, originOn } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { authSignInPath, CALLBACK_PATH, serviceSignInPath } from './addresses.ts';
import { browserSession, stillSignedIn } from './browser-session.ts';
import { type SignInFailure, signInFailed } from './failures.ts';
import type { Visit } from './visit.ts';

/** From one redirect to the next, in milliseconds. */
const HAND_OVER_LIFETIME = 60_000;

/**
 * Goes on by itself only to hosts that a Service lists by name. Below a wildcard a name may lead to somebody else's
 * machine, which would be handed the session: there the person decides.
 */
export async function askOrPassOn(
  visit: Visit,
  session: Session,
  target: SignInTarget,
  cookies: readonly string[] = [],
): Promise<SiteAnswer> {
  const { request, config } = visit;
  if (target.host === config.domain || config.isListedHost(target.host)) return passOn(visit, session, target, cookies);
  const action = authSignInPath(request, target);
  const origin = originOn(request, target.host);
  return showPage({ name: 'confirm-hand-over', host: target.host, origin, action }, cookies);
}

/** Sends a browser that is signed in on the auth host to its target: a Service host gets a one-time code. */
export async function passOn(
  { request, config, deps }: Visit,
  session: Session,
  target: SignInTarget,
  cookies: readonly string[] = [],
): Promise<SiteAnswer> {
  if (target.host === config.domain) return redirect(`${originOf(request)}${target.path}`, cookies);
  const code = newHandle();
  const expiresAt = deps.clock.now() + HAND_OVER_LIFETIME;
  await deps.store.signIns.putHandOver({
    codeHash: hashHandle(code),
    sessionUid: session.metadata.uid,
    authenticatedAt: session.status.authentication.setAt,
    target,
    expiresAt,
  });
  return redirect(`${originOn(request, target.host)}${CALLBACK_PATH}?code=${code}`, cookies);
}

/** `GET /.ostiary/callback?code=CODE` on a Service host: the code becomes a cookie of this host alone. */
export async function acceptHandOver(visit: Visit): Promise<SiteAnswer> {
  const handOver = await takeHandOver(visit);
  if (handOver === null) return failed(visit, 'hand-over-unknown', '/');
  const { path } = handOver.target;
  if (!belongsHere(visit, handOver)) return failed(visit, 'other-browser', '/');
  const session = await findHandedOver(visit, handOver);
  const setCookie = session === null ? null : await giveHandle(visit, session, handOver);
  if (setCookie === null) return failed(visit, 'session-ended', path);
  return redirect(`${originOf(visit.request)}${path}`, [setCookie]);
}

/** Who had the session before its second factor has it no more, by a code of then either. */
async function findHandedOver({ deps }: Visit, handOver: HandOver): Promise<Session | null> {
  const session = await deps.sessions.find(handOver.sessionUid);
  return session?.status.authentication.setAt === handOver.authenticatedAt ? session : null;
}

async function failed(visit: Visit, code: SignInFailure, path: string): Promise<SiteAnswer> {
  const still = await stillSignedIn(visit, path);
  return signInFailed(code, { retry: serviceSignInPath(path, { switching: still !== null }), still });
}

async function takeHandOver({ request, deps }: Visit): Promise<HandOver | null> {
  const code = onlyParameter(request.query, 'code');
  if (code === null || !isHandle(code)) return null;
  const handOver = await deps.store.signIns.takeHandOver(hashHandle(code));
  return handOver !== null && deps.clock.now() < handOver.expiresAt ? handOver : null;
}

/** Otherwise anybody could plant a session of theirs in somebody's browser by having a link followed. */
function belongsHere({ request }: Visit, { target }: HandOver): boolean {
  const bindings = readBindings(request.headers, request.scheme);
  return target.host === request.host && bindings.some((binding) => hashHandle(binding) === target.bindingHash);
}

/** `null`: the session was raised, or has ended, at this very moment. */
async function giveHandle(visit: Visit, session: Session, handOver: HandOver): Promise<string | null> {
  const { request, deps } = visit;
  const former = await browserSession(visit);
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  if ((await findHandedOver(visit, handOver)) === null) {
    await deps.sessions.removeHandle(hashHandle(handle));
    return null;
  }
  if (former !== null) await deps.sessions.removeHandle(former.handleHash);
  return setSessionCookie(request.scheme, handle, Date.parse(session.spec.expiresAt) - deps.clock.now());
}

import { expireSessionCookie, readSessionCookie } from '../sessions/cookies.ts';
import { forgetProvider } from '../sessions/provider-cookie.ts';
import { changing, redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { originOf, originOn } from '../site/origin.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { onlyParameter } from '../site/visit.ts';
import { authSignInPath, SIGN_OUT_PATH, SIGNED_OUT_PATH } from './addresses.ts';
import { browserSession } from './browser-session.ts';
import { leaveProvider, providerOf, returnedFrom } from './provider-sign-out.ts';
import type { Visit } from './visit.ts';

/** `GET /.ostiary/sign-out` on every host: asks first, because any page can make a browser follow a link. */
export async function confirmSignOut(visit: Visit): Promise<SiteAnswer> {
  const current = await browserSession(visit);
  if (current === null) return redirect(placeWithoutSession(visit));
  const provider = await providerOf(visit, current.session);
  return showPage({ name: 'confirm-sign-out', action: SIGN_OUT_PATH, user: current.user, provider });
}

/** A host that has no session of its own may still belong to a browser that has one on the auth host. */
function placeWithoutSession({ request, config }: Visit): string {
  return `${originOn(request, config.domain)}${request.host === config.domain ? SIGNED_OUT_PATH : SIGN_OUT_PATH}`;
}

/**
 * `POST /.ostiary/sign-out` on every host: ends the session on all hosts, and with `at=provider` leads on to where the
 * provider ends its own.
 */
export async function signOut(visit: Visit): Promise<SiteAnswer> {
  const { request, config, deps } = visit;
  if (!isFromOwnPage(request)) return refused('bad-request', 'sign-out was posted from another origin');
  const current = await browserSession(visit);
  const cookies = [expireSessionCookie(request.scheme)];
  if (current === null) return redirect(placeWithoutSession(visit), cookies);
  const onward = (await wantsProvider(visit)) ? await leaveProvider(visit, current.session) : null;
  await deps.sessions.revoke(current.session.metadata.uid);
  const here = `${originOn(request, config.domain)}${SIGNED_OUT_PATH}`;
  return forgetting(redirect(onward ?? here, cookies));
}

/** A form that cannot be read signs out here all the same. */
async function wantsProvider({ request }: Visit): Promise<boolean> {
  const reading = await readForm(request);
  return reading.ok && onlyParameter(reading.form, 'at') === 'provider';
}

/** `GET /.ostiary/signed-out` on the auth host. Removes the cookie of a session that is over, and no other. */
export async function signedOut(visit: Visit): Promise<SiteAnswer> {
  const { request } = visit;
  if (await hasSession(visit)) return redirect(`${originOf(request)}/`);
  const left = readSessionCookie(request.headers, request.scheme) !== null;
  const page = { name: 'signed-out', signInAgain: signInAgain(visit), provider: await returnedFrom(visit) } as const;
  // Whoever comes next may want another provider, and may be somebody else.
  const shown = showPage(page, [forgetProvider(request.scheme)]);
  return left ? forgetting(changing(shown, { cookies: [expireSessionCookie(request.scheme)] })) : shown;
}

/**
 * Asks the store: who was sent here by another process may come before this one has heard that the session is over, and
 * would be shown the portal as if nothing had happened.
 */
async function hasSession(visit: Visit): Promise<boolean> {
  const remembered = await browserSession(visit);
  return remembered !== null && (await visit.deps.sessions.find(remembered.session.metadata.uid)) !== null;
}

/** With `switch`, or a provider where the person is still signed in would silently sign the same user in again. */
function signInAgain({ request, config }: Visit): string {
  return authSignInPath(request, { host: config.domain, path: '/', bindingHash: null }, { switching: true });
}

/** `no-store` and a changed cookie do not keep Chromium from showing a page again that it left a moment ago. */
function forgetting(answer: SiteAnswer): SiteAnswer {
  return changing(answer, { forget: true });
}

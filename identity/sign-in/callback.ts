import { hashHandle } from '../../src/base/ids.ts';
import type { IdentityProvider, Session, User } from '../../src/model/index.ts';
import { matchUser, type UserMatch } from '../directory/directory.ts';
import type { PendingSignIn } from '../ports.ts';
import { isHandle, readBindings, setSessionCookie } from '../sessions/cookies.ts';
import { authSignInPath, originOf } from './addresses.ts';
import type { SiteAnswer } from './answer.ts';
import { browserSession } from './browser-session.ts';
import { type SignInFailure, signInFailed } from './failures.ts';
import { passOn } from './hand-over.ts';
import { PENDING_LIFETIME } from './sign-in-on-auth-host.ts';
import { onlyParameter, type Visit } from './visit.ts';

const USER_FAILURES: Readonly<Record<Exclude<UserMatch['kind'], 'found'>, SignInFailure>> = {
  none: 'user-unknown',
  several: 'user-ambiguous',
  'not-human': 'user-not-human',
  disabled: 'user-disabled',
};

/** `GET /.ostiary/callback/PROVIDER` on the auth host: a provider sends somebody back. */
export async function callback(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const pending = await takePending(visit);
  if (pending === null) return signInFailed('sign-in-unknown', { retry: '/' });
  const retry = authSignInPath(visit.request, pending.target);
  if (!isSameBrowser(visit, pending)) return signInFailed('other-browser', { retry });
  const provider = findProvider(visit, pending, providerName);
  if (provider === null) return signInFailed('provider-unknown', { retry });
  return complete(visit, pending, provider, retry);
}

/** The state is used up whatever comes of it. */
async function takePending({ request, deps }: Visit): Promise<(PendingSignIn & { state: string }) | null> {
  const state = onlyParameter(request.query, 'state');
  if (state === null || !isHandle(state)) return null;
  const pending = await deps.store.signIns.takePending(hashHandle(state));
  return pending !== null && deps.clock.now() < pending.expiresAt ? { ...pending, state } : null;
}

/** RFC 9700 4.7.1: the callback must come from the browser that began, or somebody is signed in as somebody else. */
function isSameBrowser({ request }: Visit, pending: PendingSignIn): boolean {
  return readBindings(request.headers, request.scheme).some((binding) => hashHandle(binding) === pending.browserHash);
}

/** RFC 9700 4.4: an answer counts only at the callback of the provider that was asked. */
function findProvider({ config }: Visit, pending: PendingSignIn, name: string): IdentityProvider | null {
  if (pending.provider !== name) return null;
  return config.identityProviders.find(({ metadata }) => metadata.name === name) ?? null;
}

async function complete(
  visit: Visit,
  pending: PendingSignIn & { state: string },
  provider: IdentityProvider,
  retry: string,
): Promise<SiteAnswer> {
  const { request, config, deps } = visit;
  const callbackUrl = new URL(`${originOf(request)}${request.path}?${request.query}`);
  const completed = await deps.relyingParty.complete({ provider, callbackUrl, proof: pending });
  if (completed.kind === 'refused') return signInFailed(completed.code, { retry, detail: completed.detail });
  const match = matchUser(config.directory, provider, completed);
  if (match.kind === 'found') return enter(visit, pending, provider, match.user);
  const detail = `${provider.metadata.name} states the identifier "${completed.identifier}"`;
  return signInFailed(USER_FAILURES[match.kind], { retry: switchedRetry(visit, pending), detail });
}

/** Without `switch` the provider would silently state the same identity again. */
function switchedRetry({ request }: Visit, { target }: PendingSignIn): string {
  return authSignInPath(request, target, { switching: true });
}

async function enter(
  visit: Visit,
  pending: PendingSignIn,
  provider: IdentityProvider,
  user: User,
): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const session = await openSession(visit, pending, provider.metadata.name, user);
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  const lifetime = Date.parse(session.spec.expiresAt) - deps.clock.now();
  return passOn(visit, session, pending.target, [setSessionCookie(request.scheme, handle, lifetime)]);
}

/** A sign-in gives a new session and ends the one that this browser had; the handle is new in any case. */
async function openSession(visit: Visit, pending: PendingSignIn, provider: string, user: User): Promise<Session> {
  const { request, config, deps } = visit;
  const former = await browserSession(visit);
  if (former !== null && isOfParallelTab(former.session, pending, provider, user)) {
    await deps.sessions.removeHandle(former.handleHash);
    return former.session;
  }
  const origin = { address: request.clientAddress, userAgent: request.headers.get('user-agent') };
  const session = await deps.sessions.createForSignIn({ user, provider, origin, clusterConfig: config.clusterConfig });
  if (former !== null) await deps.sessions.revoke(former.session.metadata.uid);
  return session;
}

/**
 * Another tab of this browser has signed the same user in since this sign-in began. Ending that session would break
 * the other tab, whose hand-over may be on its way; and nobody becomes more than they were.
 */
function isOfParallelTab(session: Session, pending: PendingSignIn, provider: string, user: User): boolean {
  const { userRef, authentication } = session.status;
  return (
    userRef.name === user.metadata.name &&
    authentication.info.identityProvider?.identityProviderRef.name === provider &&
    Date.parse(authentication.setAt) >= pending.expiresAt - PENDING_LIFETIME
  );
}

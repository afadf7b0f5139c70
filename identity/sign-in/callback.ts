import type { IdentityProvider, Session, User } from '../../src/model/index.ts';
import { matchUser, type UserMatch } from '../directory/directory.ts';
import type { Completed } from '../oidc/relying-party.ts';
import { setSessionCookie } from '../sessions/cookies.ts';
import type { RecognisedBy } from '../sessions/new-session.ts';
import { changing, type SiteAnswer } from '../site/answer.ts';
import { originOf, originOn } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { authSignInPath } from './addresses.ts';
import { browserSession } from './browser-session.ts';
import { type SignInFailure, signInFailed } from './failures.ts';
import { askOrPassOn } from './hand-over.ts';
import { PENDING_LIFETIME, type PendingSignIn } from './pending-sign-ins.ts';
import type { Visit } from './visit.ts';

const USER_FAILURES: Readonly<Record<Exclude<UserMatch['kind'], 'found'>, SignInFailure>> = {
  none: 'user-unknown',
  several: 'user-ambiguous',
  'not-human': 'user-not-human',
  disabled: 'user-disabled',
};

const OF_THE_USER: ReadonlySet<SignInFailure> = new Set(Object.values(USER_FAILURES));

type Pending = PendingSignIn & { readonly state: string };

/** `GET /.ostiary/callback/PROVIDER` on the auth host: a provider sends somebody back. */
export async function callback(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const taken = await deps.pending.take(onlyParameter(request.query, 'state'), request);
  if (taken.kind !== 'taken') return signInFailed(taken.kind, { retry: '/' });
  const provider = findProvider(visit, taken.pending, providerName);
  const answer =
    provider === null ? failed(visit, taken.pending, 'provider-unknown') : complete(visit, taken.pending, provider);
  return changing(await answer, { cookies: [taken.forget] });
}

/** A sign-in that failed ends no session: whoever had one is told so. */
async function failed(visit: Visit, pending: Pending, code: SignInFailure, detail?: string): Promise<SiteAnswer> {
  const { request } = visit;
  const { target } = pending;
  const former = await browserSession(visit);
  const back = `${originOn(request, target.host)}${target.path}`;
  const still = former === null ? null : { user: former.user, back };
  // Without `switch` the session, or the provider, would silently state the same identity again.
  const switching = still !== null || OF_THE_USER.has(code);
  const retry = authSignInPath(request, target, { switching });
  return signInFailed(code, { retry, still, ...(detail === undefined ? {} : { detail }) });
}

/** RFC 9700 4.4: an answer counts only at the callback of the provider that was asked. */
function findProvider({ config }: Visit, pending: PendingSignIn, name: string): IdentityProvider | null {
  if (pending.provider !== name) return null;
  return config.identityProviders.find(({ metadata }) => metadata.name === name) ?? null;
}

async function complete(visit: Visit, pending: Pending, provider: IdentityProvider): Promise<SiteAnswer> {
  const { request, config, deps } = visit;
  const callbackUrl = new URL(`${originOf(request)}${request.path}?${request.query}`);
  const completed = await deps.relyingParty.complete({ provider, callbackUrl, proof: pending });
  if (completed.kind === 'refused') return failed(visit, pending, completed.code, completed.detail);
  const match = matchUser(config.directory, provider, completed);
  if (match.kind === 'found') return enter(visit, pending, recognisedBy(provider, completed), match.user);
  const detail = `${provider.metadata.name} states the identifier "${completed.identifier}"`;
  return failed(visit, pending, USER_FAILURES[match.kind], detail);
}

async function enter(visit: Visit, pending: PendingSignIn, by: RecognisedBy, user: User): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const session = await openSession(visit, pending, by, user);
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  const lifetime = Date.parse(session.spec.expiresAt) - deps.clock.now();
  return askOrPassOn(visit, session, pending.target, [setSessionCookie(request.scheme, handle, lifetime)]);
}

/** A sign-in gives a new session and ends the one that this browser had; the handle is new in any case. */
async function openSession(visit: Visit, pending: PendingSignIn, by: RecognisedBy, user: User): Promise<Session> {
  const { request, config, deps } = visit;
  const former = await browserSession(visit);
  if (former !== null && isOfParallelTab(former.session, pending, by, user)) {
    await deps.sessions.removeHandle(former.handleHash);
    return former.session;
  }
  const origin = { address: request.clientAddress, userAgent: request.headers.get('user-agent') };
  const terms = config.directory.sessionTermsOf(user);
  const session = await deps.sessions.createForSignIn({ user, by, origin, terms });
  if (former !== null) await deps.sessions.revoke(former.session.metadata.uid);
  return session;
}

/**
 * Another tab of this browser has signed the same user in since this sign-in began. Ending that session would break
 * the other tab, whose hand-over may be on its way; and nobody becomes more than they were.
 */
function isOfParallelTab(session: Session, pending: PendingSignIn, by: RecognisedBy, user: User): boolean {
  const { userRef, authentication } = session.status;
  return (
    userRef.name === user.metadata.name &&
    providerIn(authentication.info) === providerIn(by) &&
    Date.parse(authentication.setAt) >= pending.expiresAt - PENDING_LIFETIME
  );
}

function providerIn({ identityProvider }: RecognisedBy): string | undefined {
  return identityProvider?.identityProviderRef.name;
}

function recognisedBy(
  { metadata }: IdentityProvider,
  completed: Extract<Completed, { kind: 'signed-in' }>,
): RecognisedBy {
  const { issuer, subject, identifier, verifiedEmail } = completed;
  const identityProviderRef = { name: metadata.name };
  const identityProvider = {
    identityProviderRef,
    identifier,
    issuer,
    subject,
    ...(verifiedEmail !== null && { email: verifiedEmail }),
  };
  return { type: 'IDENTITY_PROVIDER', identityProvider };
}

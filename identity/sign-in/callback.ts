import { sameItems } from '../../src/base/same-items.ts';
import type { IdentityProvider, Session } from '../../src/model/index.ts';
import { textClaim } from '../oidc/claims.ts';
import { setSessionCookie } from '../sessions/cookies.ts';
import type { SessionTerms } from '../sessions/lifetime.ts';
import type { RecognisedBy } from '../sessions/new-session.ts';
import { rememberProvider } from '../sessions/provider-cookie.ts';
import { changing, type SiteAnswer } from '../site/answer.ts';
import { originOf, originOn } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { authSignInPath } from './addresses.ts';
import { type Admission, admit, OF_THE_ACCOUNT, type SignedInAtProvider } from './admission.ts';
import { browserSession, stillSignedIn } from './browser-session.ts';
import { type SignInFailure, signInFailed } from './failures.ts';
import { askOrPassOn } from './hand-over.ts';
import { PENDING_LIFETIME, type PendingSignIn } from './pending-sign-ins.ts';
import { isSameAccount } from './pinned-identity.ts';
import type { Visit } from './visit.ts';

type Pending = PendingSignIn & { readonly state: string };

/** `GET /.ostiary/callback/PROVIDER` on the auth host: a provider sends somebody back. */
export async function callback(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const taken = await deps.pending.take(onlyParameter(request.query, 'state'), request);
  if (taken.kind !== 'taken') return signInFailed(taken.kind, { retry: '/', still: await stillSignedIn(visit, '/') });
  const provider = findProvider(visit, taken.pending, providerName);
  const answer =
    provider === null ? failed(visit, taken.pending, 'provider-unknown') : complete(visit, taken.pending, provider);
  return changing(await answer, { cookies: [taken.forget] });
}

/** A sign-in that failed ends no session: whoever had one is told so. */
async function failed(visit: Visit, pending: Pending, code: SignInFailure, detail?: string): Promise<SiteAnswer> {
  const { request } = visit;
  const { target } = pending;
  const still = await stillSignedIn(visit, `${originOn(request, target.host)}${target.path}`);
  // Without `switch` the session, or the provider, would silently state the same identity again.
  const switching = still !== null || OF_THE_ACCOUNT.has(code);
  const retry = authSignInPath(request, target, { switching });
  return signInFailed(code, { retry, still, ...(detail === undefined ? {} : { detail }) });
}

/** RFC 9700 4.4: an answer counts only at the callback of the provider that was asked. */
function findProvider({ config }: Visit, pending: PendingSignIn, name: string): IdentityProvider | null {
  if (pending.provider !== name) return null;
  return config.identityProviders.find(({ metadata }) => metadata.name === name) ?? null;
}

async function complete(visit: Visit, pending: Pending, provider: IdentityProvider): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const callbackUrl = new URL(`${originOf(request)}${request.path}?${request.query}`);
  const completed = await deps.relyingParty.complete({ provider, callbackUrl, proof: pending });
  if (completed.kind === 'refused') return failed(visit, pending, completed.code, completed.detail);
  const admission = await admit(visit, provider, completed);
  if (admission.kind === 'refused') return failed(visit, pending, admission.code, admission.detail);
  if (!(await isSameAccount(deps.store.records, provider, completed, admission.user))) {
    return failed(visit, pending, 'identity-changed', `"${completed.identifier}" is another account now`);
  }
  const session = await openSession(visit, pending, admission, completed);
  return enter(visit, pending, session);
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

async function enter(visit: Visit, { target, provider }: PendingSignIn, session: Session): Promise<SiteAnswer> {
  const { request, config, deps } = visit;
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  const lifetime = Date.parse(session.spec.expiresAt) - deps.clock.now();
  const remembered = config.identityProviders.length > 1 ? [rememberProvider(request.scheme, provider)] : [];
  return askOrPassOn(visit, session, target, [setSessionCookie(request.scheme, handle, lifetime), ...remembered]);
}

/** A sign-in gives a new session and ends the one that this browser had; the handle is new in any case. */
async function openSession(
  visit: Visit,
  pending: PendingSignIn,
  admitted: Admitted,
  at: SignedInAtProvider,
): Promise<Session> {
  const { request, deps } = visit;
  const former = await browserSession(visit);
  const latest = at.endsAt ?? Number.POSITIVE_INFINITY;
  if (former !== null && isOfParallelTab(former.session, pending, admitted) && endOf(former.session) <= latest) {
    await deps.sessions.removeHandle(former.handleHash);
    return former.session;
  }
  const { user, by, groups, directory } = admitted;
  const origin = { address: request.clientAddress, userAgent: request.headers.get('user-agent') };
  const session = await deps.sessions.createForSignIn({
    user,
    by,
    groups,
    origin,
    terms: endingBy(directory.sessionTermsOf(user), at.endsAt, deps.clock.now()),
    complete: (begun) => deps.enforceFactors(visit, user, begun),
  });
  await keepTies(visit, pending.provider, session, at);
  if (former !== null) await deps.sessions.revoke(former.session.metadata.uid);
  return session;
}

function endOf({ spec }: Session): number {
  return Date.parse(spec.expiresAt);
}

function endingBy(terms: SessionTerms, endsAt: number | undefined, now: number): SessionTerms {
  return endsAt === undefined ? terms : { ...terms, lifetime: Math.min(terms.lifetime, endsAt - now) };
}

/** What is needed to refresh the session, to end it at the provider too, or when the provider says so. */
async function keepTies({ deps }: Visit, provider: string, session: Session, at: SignedInAtProvider): Promise<void> {
  const { issuer, subject, tokens, tellsOfLogout } = at;
  const sid = textClaim(at.claims, 'sid');
  if (!tellsOfLogout && sid === null && tokens.idToken === null && tokens.refreshToken === null) return;
  await deps.atProviders.keep(session, { provider, issuer, subject, sid }, tokens, deps.clock.now());
}

/**
 * Another tab of this browser has signed the same user in since this sign-in began. Ending that session would break
 * the other tab, whose hand-over may be on its way; and nobody becomes more than they were.
 */
function isOfParallelTab({ status }: Session, pending: PendingSignIn, { user, by, groups }: Admitted): boolean {
  const { userRef, authentication } = status;
  return (
    userRef.name === user.metadata.name &&
    providerIn(authentication.info) === providerIn(by) &&
    authentication.info.aal === by.aal &&
    sameItems(status.groups ?? [], groups) &&
    Date.parse(authentication.setAt) >= pending.expiresAt - PENDING_LIFETIME
  );
}

function providerIn({ identityProvider }: RecognisedBy): string | undefined {
  return identityProvider?.identityProviderRef.name;
}

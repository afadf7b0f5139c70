import type { User } from '../../src/model/index.ts';
import { mayBeRecognisedAt } from '../directory/match-user.ts';
import { setSessionCookie } from '../sessions/cookies.ts';
import { newBrowserSession, type RecognisedBy } from '../sessions/new-session.ts';
import type { SignedIn } from '../sessions/session-manager.ts';
import { authSignInPath } from '../sign-in/addresses.ts';
import { browserSession } from '../sign-in/browser-session.ts';
import { signInFailed } from '../sign-in/failures.ts';
import { askOrPassOn } from '../sign-in/hand-over.ts';
import { isUnbound, readTarget } from '../sign-in/sign-in-request.ts';
import { refused, type SiteAnswer } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import type { SiteConfig } from '../site/visit.ts';
import { isAccepted } from './enforcement.ts';
import type { ShownFactor } from './factor.ts';
import { answerOf, showPasskey } from './passkeys.ts';
import type { FactorVisit } from './visit.ts';

/** `POST /.ostiary/sign-in/passkey?to=URL&binding=HASH`: a passkey alone, which has verified its person. */
export async function signInWithPasskey(visit: FactorVisit): Promise<SiteAnswer> {
  const { request, config } = visit;
  if (!isFromOwnPage(request)) return refused('bad-request', 'the passkey was posted from another origin');
  if (config.clusterConfig?.spec.authenticator?.enablePasskeyLogin !== true) return refused('method-refused');
  const target = readTarget(visit);
  if (target === null || isUnbound(visit, target)) return signInFailed('target-refused', { retry: '/' });
  const reading = await readForm(request);
  if (!reading.ok) return reading.answer;
  const retry = authSignInPath(request, target);
  const shown = await showPasskey(visit, answerOf(reading.form), 'sign-in', null);
  if (shown === null) return signInFailed('passkey-refused', { retry });
  if (shown.user.spec.type !== 'HUMAN') return signInFailed('user-not-human', { retry });
  if (shown.user.spec.isDisabled === true) return signInFailed('user-disabled', { retry });
  if (hasGroupsOfClaims(shown.user, config)) return signInFailed('provider-wanted', { retry });
  const signingIn = signInWith(visit, shown.user, shown.by);
  const begun = newBrowserSession(shown.user, signingIn.by, signingIn.origin, {
    ...spanFrom(visit),
    state: 'ACTIVE',
    groups: [],
  });
  if (!(await isAccepted(visit, shown.user, begun))) return signInFailed('passkey-refused', { retry });
  const { session, cookie } = await enter(visit, signingIn);
  return askOrPassOn(visit, session, target, [cookie]);
}

/** A passkey brings no claims: with it alone a person would shed the Groups that these give, and what denies them. */
function hasGroupsOfClaims(user: User, { identityProviders }: SiteConfig): boolean {
  return identityProviders.some(
    (provider) => (provider.spec.oidc ?? provider.spec.saml)?.groups !== undefined && mayBeRecognisedAt(user, provider),
  );
}

function signInWith({ request, config }: FactorVisit, user: User, { type, name }: ShownFactor): SignedIn {
  const authenticator = { type, ...(name !== null && { authenticatorRef: { name } }) };
  const by: RecognisedBy = { type: 'AUTHENTICATOR', aal: 'AAL2', authenticator };
  const origin = { address: request.clientAddress, userAgent: request.headers.get('user-agent') };
  return { user, by, origin, terms: config.directory.sessionTermsOf(user) };
}

function spanFrom({ deps }: FactorVisit) {
  const now = deps.clock.now();
  return { now, expiresAt: now };
}

/** Always a new session, and the end of the one that this browser had. */
async function enter(visit: FactorVisit, signingIn: SignedIn) {
  const { request, deps } = visit;
  const former = await browserSession(visit);
  const session = await deps.sessions.createForSignIn(signingIn);
  if (former !== null) await deps.sessions.revoke(former.session.metadata.uid);
  const handle = await deps.sessions.addBrowserHandle(session, request.host);
  const lifetime = Date.parse(session.spec.expiresAt) - deps.clock.now();
  return { session, cookie: setSessionCookie(request.scheme, handle, lifetime) };
}

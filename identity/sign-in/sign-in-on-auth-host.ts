import { hashHandle } from '../../src/base/ids.ts';
import type { IdentityProvider } from '../../src/model/index.ts';
import type { SignInTarget } from '../ports.ts';
import { isHandle } from '../sessions/cookies.ts';
import { redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { originOf, originOn } from '../site/origin.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { onlyParameter } from '../site/visit.ts';
import { authSignInPath, CALLBACK_PATH, serviceSignInPath } from './addresses.ts';
import { browserSession } from './browser-session.ts';
import { signInFailed } from './failures.ts';
import { askOrPassOn, passOn } from './hand-over.ts';
import { PENDING_LIFETIME, type PendingSignIn } from './pending-sign-ins.ts';
import { parseTarget } from './target.ts';
import type { Visit } from './visit.ts';

/** `GET /.ostiary/sign-in?to=URL&binding=HASH[&provider=NAME][&switch=1]` on the auth host. */
export async function signInOnAuthHost(visit: Visit): Promise<SiteAnswer> {
  const target = readTarget(visit);
  if (target === null) return signInFailed('target-refused', { retry: '/' });
  const switching = isSwitching(visit);
  if (isUnbound(visit, target)) return redirect(startAddress(visit, target, switching));
  const current = switching ? null : await browserSession(visit);
  return current === null ? chooseProvider(visit, target) : askOrPassOn(visit, current.session, target);
}

/** `POST /.ostiary/sign-in?to=URL&binding=HASH` on the auth host: the answer to `askOrPassOn`. */
export async function confirmHandOver(visit: Visit): Promise<SiteAnswer> {
  const { request } = visit;
  if (!isFromOwnPage(request)) return refused('bad-request', 'the hand-over was posted from another origin');
  const target = readTarget(visit);
  if (target === null || isUnbound(visit, target)) return signInFailed('target-refused', { retry: '/' });
  const current = await browserSession(visit);
  if (current === null) return redirect(`${originOf(request)}${authSignInPath(request, target)}`);
  return passOn(visit, current.session, target);
}

/** Without `to`, the way leads to the auth host's own first page. */
function readTarget({ request, config }: Visit): SignInTarget | null {
  if (!request.query.has('to')) return { host: config.domain, path: '/', bindingHash: null };
  const isOurs = (host: string): boolean => host === config.domain || config.isOurHost(host);
  const place = parseTarget(onlyParameter(request.query, 'to') ?? '', request, isOurs);
  if (place === null) return null;
  const binding = onlyParameter(request.query, 'binding');
  const bound = place.host !== config.domain && binding !== null && isHandle(binding);
  return { ...place, bindingHash: bound ? binding : null };
}

function isSwitching({ request }: Visit): boolean {
  return onlyParameter(request.query, 'switch') === '1';
}

/** A sign-in for a Service host begins there, because only that host can set the cookie that it is bound to. */
function isUnbound({ config }: Visit, target: SignInTarget): boolean {
  return target.host !== config.domain && target.bindingHash === null;
}

function startAddress({ request }: Visit, target: SignInTarget, switching: boolean): string {
  return `${originOn(request, target.host)}${serviceSignInPath(target.path, { switching })}`;
}

async function chooseProvider(visit: Visit, target: SignInTarget): Promise<SiteAnswer> {
  const { identityProviders } = visit.config;
  const chosen = onlyParameter(visit.request.query, 'provider');
  if (chosen !== null)
    return begin(
      visit,
      target,
      identityProviders.find(({ metadata }) => metadata.name === chosen),
    );
  if (identityProviders.length > 1) return showChoice(visit, target);
  const [only] = identityProviders;
  return only === undefined ? signInFailed('provider-none', { retry: null }) : begin(visit, target, only);
}

function showChoice(visit: Visit, target: SignInTarget): SiteAnswer {
  const switching = isSwitching(visit);
  const providers = visit.config.identityProviders.map(({ metadata, spec }) => ({
    name: metadata.name,
    displayName: spec.displayName ?? metadata.displayName ?? metadata.name,
    href: authSignInPath(visit.request, target, { provider: metadata.name, switching }),
  }));
  return showPage({ name: 'choose-provider', targetHost: target.host, providers });
}

async function begin(visit: Visit, target: SignInTarget, provider: IdentityProvider | undefined): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const retry = authSignInPath(request, target);
  if (provider === undefined) return signInFailed('provider-unknown', { retry });
  const redirectUri = `${originOf(request)}${CALLBACK_PATH}/${provider.metadata.name}`;
  const begun = await deps.relyingParty.begin({
    provider,
    redirectUri,
    ...(isSwitching(visit) ? { prompt: 'login' } : {}),
  });
  if (begun.kind === 'refused') return signInFailed(begun.code, { retry, detail: begun.detail });
  const { nonce, codeVerifier } = begun;
  const pending: PendingSignIn = {
    stateHash: hashHandle(begun.state),
    provider: provider.metadata.name,
    nonce,
    codeVerifier,
    target,
    expiresAt: deps.clock.now() + PENDING_LIFETIME,
  };
  return redirect(begun.url, deps.pending.put(pending, request));
}

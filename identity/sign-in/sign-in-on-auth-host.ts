import { hashHandle } from '../../src/base/ids.ts';
import type { SignInTarget } from '../ports.ts';
import { redirect, refused, type SiteAnswer } from '../site/answer.ts';
import { isFramed, showFramed } from '../site/framed.ts';
import { originOf, originOn } from '../site/origin.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { authSignInPath, CALLBACK_PATH, serviceSignInPath } from './addresses.ts';
import { browserSession } from './browser-session.ts';
import { choiceFor, isRemembered, showChoice } from './choose-provider.ts';
import { signInFailed } from './failures.ts';
import { askOrPassOn, passOn } from './hand-over.ts';
import { PENDING_LIFETIME, type PendingSignIn } from './pending-sign-ins.ts';
import { isSwitching, isUnbound, readTarget } from './sign-in-request.ts';
import type { Visit } from './visit.ts';

/** `GET /.ostiary/sign-in?to=URL&binding=HASH[&provider=NAME][&switch=1]` on the auth host. */
export async function signInOnAuthHost(visit: Visit): Promise<SiteAnswer> {
  const target = readTarget(visit);
  if (target === null) return signInFailed('target-refused', { retry: '/' });
  const switching = isSwitching(visit);
  if (isUnbound(visit, target)) return redirect(startAddress(visit, target, switching));
  const current = switching ? null : await browserSession(visit);
  if (current !== null) return askOrPassOn(visit, current.session, target);
  return isFramed(visit.request) ? showFramed(visit.request, target) : chooseProvider(visit, target);
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

function startAddress({ request }: Visit, target: SignInTarget, switching: boolean): string {
  return `${originOn(request, target.host)}${serviceSignInPath(target.path, { switching })}`;
}

async function chooseProvider(visit: Visit, target: SignInTarget): Promise<SiteAnswer> {
  const choice = choiceFor(visit, target);
  switch (choice.kind) {
    case 'provider':
      return begin(visit, target, choice.name);
    case 'ask':
      return showChoice(visit, target);
    case 'none':
      return signInFailed('provider-none', { retry: null });
  }
}

async function begin(visit: Visit, target: SignInTarget, name: string): Promise<SiteAnswer> {
  const { request, config, deps } = visit;
  const provider = config.identityProviders.find(({ metadata }) => metadata.name === name);
  // Without `switch` a remembered provider that fails would be tried again and again.
  const retry = authSignInPath(request, target, { switching: isSwitching(visit) || isRemembered(request, name) });
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

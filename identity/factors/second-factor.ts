import type { SignInTarget } from '../ports.ts';
import { secondFactorPath } from '../sign-in/addresses.ts';
import { signInFailed } from '../sign-in/failures.ts';
import { askOrPassOn } from '../sign-in/hand-over.ts';
import { isUnbound, readTarget } from '../sign-in/sign-in-request.ts';
import { redirect, type SiteAnswer } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { isFramed, showFramed } from '../site/framed.ts';
import { originOn } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { ACCOUNT_PATH, SECOND_FACTOR_PASSKEY_PATH } from './addresses.ts';
import { isAccepted } from './enforcement.ts';
import type { ShownFactor } from './factor.ts';
import { isPasskey, isTotp } from './factors.ts';
import type { FactorProblem } from './pages.ts';
import { questionFor } from './passkey-questions.ts';
import { answerOf, showPasskey } from './passkeys.ts';
import { looksLikeRecoveryCode } from './recovery-codes.ts';
import { raisedBy, stepUp } from './step-up.ts';
import type { OwnVisit } from './visit.ts';

type Shown =
  | { readonly kind: 'shown'; readonly by: ShownFactor }
  | { readonly kind: 'not'; readonly why: FactorProblem };

/** `GET /.ostiary/second-factor[?to=URL&binding=HASH]` on the auth host. */
export function secondFactor(visit: OwnVisit): Promise<SiteAnswer> {
  return onTheWay(visit, (target) => ask(visit, target));
}

/** `POST` to it: the code of an app, or a recovery code. */
export function answerWithCode(visit: OwnVisit): Promise<SiteAnswer> {
  return onTheWay(visit, async (target) => {
    const reading = await readForm(visit.request);
    if (!reading.ok) return reading.answer;
    return settle(visit, target, await useCode(visit, onlyParameter(reading.form, 'code') ?? ''));
  });
}

/** `POST /.ostiary/second-factor/passkey`: what the browser's passkey signed. */
export function answerWithPasskey(visit: OwnVisit): Promise<SiteAnswer> {
  return onTheWay(visit, async (target) => {
    const reading = await readForm(visit.request);
    if (!reading.ok) return reading.answer;
    const { user, session } = visit.own;
    const shown = await showPasskey(visit, answerOf(reading.form), 'second-factor', session.metadata.uid);
    const isOwn = shown !== null && shown.user.metadata.name === user.metadata.name;
    return settle(visit, target, isOwn ? { kind: 'shown', by: shown.by } : not('passkey-refused'));
  });
}

/** A Service host that this browser is not bound to is sent back to, to begin there. */
async function onTheWay(visit: OwnVisit, go: (target: SignInTarget) => Promise<SiteAnswer>): Promise<SiteAnswer> {
  const target = targetOf(visit);
  if (target === null) return signInFailed('target-refused', { retry: '/' });
  if (isUnbound(visit, target)) return redirect(`${originOn(visit.request, target.host)}${target.path}`);
  return isFramed(visit.request) ? showFramed(visit.request, target) : go(target);
}

function targetOf(visit: OwnVisit): SignInTarget | null {
  const { request, config } = visit;
  return request.query.has('to') ? readTarget(visit) : { host: config.domain, path: ACCOUNT_PATH, bindingHash: null };
}

async function useCode({ deps, own }: OwnVisit, code: string): Promise<Shown> {
  const { user } = own;
  if (looksLikeRecoveryCode(code)) {
    // They stand in for a second factor that counts, and for none that was rejected.
    const hasFactor = (await deps.factors.active(user)).length > 0;
    return hasFactor && (await deps.recoveryCodes.use(user, code))
      ? { kind: 'shown', by: { type: 'RECOVERY_CODE', name: null } }
      : not('code-wrong');
  }
  if (!(await deps.attempts.begin(user.metadata.name))) return not('too-many-attempts');
  const by = await deps.factors.useCode(user, code.replaceAll(/[\s-]/g, ''));
  if (by === null) return not('code-wrong');
  await deps.attempts.succeeded(user.metadata.name);
  return { kind: 'shown', by };
}

async function settle(visit: OwnVisit, target: SignInTarget, shown: Shown): Promise<SiteAnswer> {
  if (shown.kind === 'not') return ask(visit, target, shown.why);
  if (!(await isAccepted(visit, visit.own.user, raisedBy(visit.own.session, shown.by, visit.deps.clock.now()))))
    return ask(visit, target, 'factor-refused');
  const raised = await stepUp(visit, shown.by);
  if (raised === null) return signInFailed('session-ended', { retry: '/' });
  return askOrPassOn(visit, raised.session, target, [raised.cookie]);
}

async function ask(visit: OwnVisit, target: SignInTarget, problem: FactorProblem | null = null): Promise<SiteAnswer> {
  const { request, deps, own } = visit;
  const all = (await deps.factors.of(own.user)).filter(({ factor }) => factor.state !== 'REJECTED');
  const factors = all.filter(({ factor }) => factor.state === 'ACTIVE');
  const passkeys = factors.filter(isPasskey).map(({ factor }) => factor);
  const page = {
    name: 'second-factor',
    user: own.user,
    host: target.host,
    action: secondFactorPath(request, target),
    origin: originOn(request, target.host),
    hasCodes: factors.some(isTotp) || (factors.length > 0 && (await deps.recoveryCodes.left(own.user)) > 0),
    isWaiting: all.length > factors.length,
    passkey:
      passkeys.length === 0
        ? null
        : questionFor(visit, passkeys, secondFactorPath(request, target, SECOND_FACTOR_PASSKEY_PATH)),
    problem,
  } as const;
  return { kind: 'page', page, status: problem === null ? 200 : 403, cookies: [], detail: problem };
}

function not(why: FactorProblem): Shown {
  return { kind: 'not', why };
}

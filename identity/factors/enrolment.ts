import { authSignInPath } from '../sign-in/addresses.ts';
import { signInFailed } from '../sign-in/failures.ts';
import { redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { originOf } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from './addresses.ts';
import { isAccepted } from './enforcement.ts';
import type { FactorState, PasskeyFactor, TotpFactor } from './factor.ts';
import { requiredFactor } from './required-factor.ts';
import { raisedBy, stepUp } from './step-up.ts';
import type { OwnVisit } from './visit.ts';

/** How long a second factor that was shown, or a sign-in, lets its owner change second factors, in milliseconds. */
const FRESH_MS = 15 * 60_000;
const MOST_LABEL = 64;

type New<F> = Omit<F, 'name' | 'uid' | 'label' | 'user' | 'state' | 'createdAt' | 'usedAt'>;

/**
 * Who has a second factor must have shown one a moment ago to change them, who has none must have signed in then: a
 * session that was stolen, or left open, is not to become the thief's for ever.
 */
export async function unlessStale(visit: OwnVisit, go: () => Promise<SiteAnswer>): Promise<SiteAnswer> {
  const missing = await missingProof(visit);
  if (missing === null) return go();
  // The account page says how to sign in again: browsers hold a redirect to the provider to the form's `form-action`.
  return missing === 'sign-in' ? toAccount(visit) : redirect(`${originOf(visit.request)}${SECOND_FACTOR_PATH}`);
}

/** What has to be done anew before second factors are changed; `null`: nothing. */
export async function missingProof({ deps, own }: OwnVisit): Promise<'second-factor' | 'sign-in' | null> {
  const { setAt, info } = own.session.status.authentication;
  const isFresh = deps.clock.now() - Date.parse(setAt) < FRESH_MS;
  // What a provider says of its own second factor is no word about ours.
  if (isFresh && info.authenticator !== undefined) return null;
  if ((await deps.factors.active(own.user)).length > 0) return 'second-factor';
  return isFresh ? null : 'sign-in';
}

/** Path that signs the person of the account page in anew. */
export function signInAgain({ request, config }: OwnVisit): string {
  return authSignInPath(request, { host: config.domain, path: ACCOUNT_PATH, bindingHash: null }, { switching: true });
}

/** Who must show a second factor first sees and ends nobody's sessions before. */
export async function unlessRequired(visit: OwnVisit, go: () => Promise<SiteAnswer>): Promise<SiteAnswer> {
  const { request, deps, own } = visit;
  const isRequired = requiredFactor(own.session) === 'authenticator-authentication-required';
  const hasOne = isRequired && (await deps.factors.active(own.user)).length > 0;
  return hasOne ? redirect(`${originOf(request)}${SECOND_FACTOR_PATH}`) : go();
}

export function toAccount({ request }: OwnVisit, cookies: readonly string[] = []): SiteAnswer {
  return redirect(`${originOf(request)}${ACCOUNT_PATH}`, cookies);
}

/** What its owner calls a new factor, on one line. */
export function labelOf(form: URLSearchParams, otherwise: string): string {
  const text = (onlyParameter(form, 'label') ?? '').replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  return text === '' ? otherwise : [...text].slice(0, MOST_LABEL).join('');
}

/** Keeps a factor that its owner has just shown to have. The first one brings recovery codes. */
export async function finishEnrolment(
  visit: OwnVisit,
  label: string,
  made: New<TotpFactor> | New<PasskeyFactor>,
): Promise<SiteAnswer> {
  const { deps, own } = visit;
  const factor = { ...deps.factors.begin(own.user, label, defaultState(visit)), ...made };
  if (!(await deps.factors.add(factor))) return refused('bad-request', 'the factor is known already, or one too many');
  const shown = { type: factor.type, name: factor.name };
  const isRaising =
    factor.state === 'ACTIVE' && (await isAccepted(visit, own.user, raisedBy(own.session, shown, deps.clock.now())));
  if (!isRaising) return toAccount(visit);
  const raised = await stepUp(visit, shown);
  if (raised === null) return signInFailed('session-ended', { retry: '/' });
  if ((await deps.recoveryCodes.left(own.user)) > 0) return toAccount(visit, [raised.cookie]);
  return showPage({ name: 'recovery-codes', codes: await deps.recoveryCodes.renew(own.user) }, [raised.cookie]);
}

/** The User's word, the cluster's, active. */
function defaultState({ config, own }: OwnVisit): FactorState {
  return (
    own.user.spec.authentication?.authenticatorDefaultState ??
    config.clusterConfig?.spec.authenticator?.defaultState ??
    'ACTIVE'
  );
}

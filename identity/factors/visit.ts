import { authSignInPath, SIGN_IN_PATH } from '../sign-in/addresses.ts';
import { type BrowserSession, browserSession } from '../sign-in/browser-session.ts';
import type { SignInDeps, Visit } from '../sign-in/visit.ts';
import { redirect, refused, type SiteAnswer } from '../site/answer.ts';
import { originOf } from '../site/origin.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { ACCOUNT_PATH } from './addresses.ts';
import type { Attempts } from './attempts.ts';
import type { Factors } from './factors.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { Tickets } from './tickets.ts';

export interface FactorDeps extends SignInDeps {
  readonly factors: Factors;
  readonly attempts: Attempts;
  readonly recoveryCodes: RecoveryCodes;
  readonly tickets: Tickets;
}

export interface FactorVisit extends Visit {
  readonly deps: FactorDeps;
}

/** A visit of somebody who has signed in. */
export interface OwnVisit extends FactorVisit {
  readonly own: BrowserSession;
}

export type OwnHandler = (visit: OwnVisit) => Promise<SiteAnswer>;

/** Only people with a session that may do anything have anything here; others are led to sign in. */
export async function asOwner(visit: FactorVisit, handler: OwnHandler): Promise<SiteAnswer> {
  const own = await browserSession(visit);
  if (own === null) return visit.request.method === 'GET' ? signInFirst(visit) : refused('unauthenticated');
  if (own.session.spec.state !== 'ACTIVE') return refused('session-not-active');
  if (own.user.spec.isDisabled === true) return refused('user-disabled');
  return handler({ ...visit, own });
}

/** The same for what changes something: only our own pages may ask for it. */
export async function asOwnerOnly(visit: FactorVisit, handler: OwnHandler): Promise<SiteAnswer> {
  if (!isFromOwnPage(visit.request)) return refused('bad-request', 'the form was posted from another origin');
  return asOwner(visit, handler);
}

/** Comes back to the target that is stated; without one, to the account page. */
function signInFirst({ request, config }: FactorVisit): SiteAnswer {
  if (request.query.has('to')) return redirect(`${originOf(request)}${SIGN_IN_PATH}?${request.query}`);
  const target = { host: config.domain, path: ACCOUNT_PATH, bindingHash: null };
  return redirect(`${originOf(request)}${authSignInPath(request, target)}`);
}

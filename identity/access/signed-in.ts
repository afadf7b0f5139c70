import type { User } from '../../src/model/index.ts';
import { requiredFactor } from '../factors/required-factor.ts';
import { browserSession } from '../sign-in/browser-session.ts';
import type { Visit } from '../sign-in/visit.ts';
import { refused, type SiteAnswer } from '../site/answer.ts';

export type SignedInPerson =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly answer: SiteAnswer };

/** The person whose browser this is, in a session that may do something. */
export async function signedInPerson(visit: Visit): Promise<SignedInPerson> {
  const current = await browserSession(visit);
  if (current === null) return { ok: false, answer: refused('unauthenticated') };
  const { session, user } = current;
  if (user.spec.isDisabled === true) return { ok: false, answer: refused('user-disabled') };
  const isGood = user.spec.type === 'HUMAN' && session.spec.state === 'ACTIVE';
  if (!isGood) return { ok: false, answer: refused('session-not-active') };
  const required = requiredFactor(session);
  return required === null ? { ok: true, user } : { ok: false, answer: refused(required) };
}

import type { User } from '../../src/model/index.ts';
import { originOf } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { isOwner, type ShownFactor } from './factor.ts';
import type { Purpose } from './tickets.ts';
import type { FactorVisit } from './visit.ts';
import { credentialIdOf, type Expected, verifyShownPasskey } from './web-authn.ts';

/** What `passkey.js` posts. */
export interface PasskeyAnswer {
  readonly ticket: string;
  /** The credential, as JSON. */
  readonly answer: string;
}

export function answerOf(form: URLSearchParams): PasskeyAnswer {
  return { ticket: onlyParameter(form, 'ticket') ?? '', answer: onlyParameter(form, 'answer') ?? '' };
}

/** What an answer to this ticket must say; `null` when the ticket is not good here. */
export function expectedOf(
  { request, config, deps }: FactorVisit,
  ticket: string,
  purpose: Purpose,
  session: string | null,
): Expected | null {
  const challenge = deps.tickets.read(ticket, purpose, session);
  return challenge === null ? null : { challenge, origin: originOf(request), domain: config.domain };
}

/** Whose passkey it is that signed the challenge; `null` for every reason that there may be. */
export async function showPasskey(
  visit: FactorVisit,
  { ticket, answer }: PasskeyAnswer,
  purpose: 'second-factor' | 'sign-in',
  session: string | null,
): Promise<{ readonly user: User; readonly by: ShownFactor } | null> {
  const { deps, config } = visit;
  const expected = expectedOf(visit, ticket, purpose, session);
  const id = credentialIdOf(answer);
  const kept = expected === null || id === null ? null : await deps.factors.passkey(id);
  if (expected === null || kept === null || kept.factor.state !== 'ACTIVE') return null;
  const user = config.directory.user(kept.factor.user.name);
  if (user === null || !isOwner(kept.factor.user, user)) return null;
  const signCount = await verifyShownPasskey(answer, kept.factor, expected);
  if (signCount === null || !(await deps.tickets.claim(expected.challenge))) return null;
  const usedAt = new Date(deps.clock.now()).toISOString();
  // One that was removed at this moment counts no more.
  if (!(await deps.factors.replace(kept, { ...kept.factor, signCount, usedAt }))) return null;
  return { user, by: { type: 'FIDO', name: kept.factor.name } };
}

import type { Session } from '../../src/model/index.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { Factor, KeptFactor } from './factor.ts';
import type { Factors } from './factors.ts';
import type { RecoveryCodes } from './recovery-codes.ts';

export interface RemovalDeps {
  readonly factors: Factors;
  readonly recoveryCodes: RecoveryCodes;
  readonly sessions: Pick<SessionManager, 'list' | 'revoke' | 'change'>;
}

/**
 * Recovery codes stand in for second factors: they go with the last one.
 *
 * @param own session of whoever removes it, which goes on if it does not stand on this factor alone
 */
export async function removeWithCodes(deps: RemovalDeps, { factor, record }: KeptFactor, own?: Session): Promise<void> {
  const { factors, recoveryCodes } = deps;
  await factors.remove({ factor, record });
  const { name } = factor.user;
  const left = await factors.ofName(name);
  if (left.length === 0) await recoveryCodes.forget(name);
  await endWhatItRaised(deps, factor, own);
}

/**
 * A factor that counts no more may have been a thief's: the sessions that are more by it end, because what they were
 * before, and what was demanded of them, is not known any more.
 */
export async function endWhatItRaised({ sessions }: RemovalDeps, factor: Factor, own?: Session): Promise<void> {
  for (const session of await sessions.list(factor.user.name)) {
    const { authenticator, type } = session.status.authentication.info;
    if (authenticator?.authenticatorRef?.name !== factor.name) continue;
    const isOwn = session.metadata.uid === own?.metadata.uid && type !== 'AUTHENTICATOR';
    if (isOwn) await sessions.change(session.metadata.uid, lowered);
    else await sessions.revoke(session.metadata.uid);
  }
}

/** Without its second factor. Of the levels only AAL3 is a provider's word. */
function lowered(session: Session): Session {
  const { authentication } = session.status;
  const { authenticator: _gone, ...info } = authentication.info;
  const aal = info.aal === 'AAL3' ? 'AAL3' : 'AAL1';
  return { ...session, status: { ...session.status, authentication: { ...authentication, info: { ...info, aal } } } };
}

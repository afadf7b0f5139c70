import type { Session, User } from '../../src/model/index.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import type { SignInDeps } from '../sign-in/visit.ts';
import type { SiteConfig, SiteVisit } from '../site/visit.ts';
import { isRaised } from './factor.ts';
import type { Factors } from './factors.ts';

/** A session that is about to begin, with what its person has to do about second factors first. */
export function enforcement(factors: Factors): SignInDeps['enforceFactors'] {
  return async ({ config }, user, session) => {
    const principal = principalOf(config, user, session);
    const hasOne = (await factors.active(user)).length > 0;
    if (hasOne && isRaised(session)) return session;
    const wanted = await (hasOne
      ? config.factorRules.authentication(principal)
      : config.factorRules.registration(principal));
    if (wanted === null) return session;
    const authenticatorAction = `${hasOne ? 'AUTHENTICATION' : 'REGISTRATION'}_${wanted}` as const;
    return { ...session, status: { ...session.status, authenticatorAction } };
  };
}

/** Whether the rules take the factor that makes the session what it is. */
export function isAccepted({ config }: SiteVisit, user: User, session: Session): Promise<boolean> {
  return config.factorRules.accepts(principalOf(config, user, session));
}

/**
 * Who acts in a session of a person, with the Groups that the session adds: a rule about a Group holds however somebody
 * came by it.
 *
 * @throws Error when such a Group is gone: what the rules say about it would be escaped
 */
function principalOf({ directory }: SiteConfig, user: User, session: Session): IdentifiedPrincipal {
  const member = directory.memberOf(user, session.status.groups ?? []);
  if (member === null) throw new Error(`a Group of the session ${session.metadata.name} is gone`);
  return { kind: 'human', ...member, session, device: null };
}

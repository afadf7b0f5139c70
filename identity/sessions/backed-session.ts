import type { Credential, NamedRef, Session, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { meetOf, mustBeStated } from '../oauth2/scopes.ts';

/**
 * A session as it counts now: what a Credential made has the scopes, policies and end that the Credential states
 * today, so that tightening one reaches the tokens that are out; narrower scopes of a token stay so. `null` when the Credential no longer backs it,
 * however that went: by command, by apply, or out of a file.
 */
export function asBacked(session: Session, directory: Directory): Session | null {
  const { credentialRef, userRef } = session.status;
  if (credentialRef === undefined) return session;
  const credential = directory.credential(credentialRef.name);
  if (credential === null || credential.spec.isDisabled === true || !isSame(credentialRef, credential)) return null;
  if (credential.spec.user !== userRef.name || !meetsConstraint(credential, session)) return null;
  return withTermsOf(credential, session);
}

/** Who demands now that tokens are bound means those that are out as well. */
function meetsConstraint({ spec }: Credential, { status }: Session): boolean {
  const { jkt, x5tS256 } = status.confirmation ?? {};
  if (spec.senderConstraint === 'DPOP') return jkt !== undefined;
  return spec.senderConstraint !== 'CERTIFICATE' || x5tS256 !== undefined;
}

/**
 * A name may be given to something else after it was deleted; the uid may not. What stands in a file has none: what is
 * stored under its name later is another, and the other way round.
 */
export function isSame({ uid }: NamedRef, { metadata }: User | Credential): boolean {
  return uid === metadata.uid;
}

/** In milliseconds since 1970. */
export function endOf({ spec }: Session): number {
  return Date.parse(spec.expiresAt);
}

/** `null`: the token was narrowed to what the Credential no longer allows, so nothing is left. */
function withTermsOf({ spec }: Credential, session: Session): Session | null {
  const { authorization: _policies, ...specRest } = session.spec;
  const { scopes: narrowed, ...statusRest } = session.status;
  const { authorization } = spec;
  const scopes = meetOf(narrowed, spec.scopes)?.filter(
    (scope) => !mustBeStated(scope) || spec.scopes?.includes(scope) === true,
  );
  if (scopes?.length === 0) return null;
  return {
    ...session,
    spec: { ...specRest, expiresAt: earlier(session, spec.expiresAt), ...(authorization && { authorization }) },
    status: { ...statusRest, ...(scopes && { scopes: [...scopes] }) },
  };
}

function earlier(session: Session, stated: string | undefined): string {
  return stated !== undefined && Date.parse(stated) < endOf(session) ? stated : session.spec.expiresAt;
}

import { hashHandle } from '../../src/base/ids.ts';
import type { AcceptedToken, Session, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { usersOfToken } from '../directory/match-user.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { begun } from '../sessions/authentications.ts';
import { rejected, type TokenRejection, type VerifiedToken } from './verified-token.ts';

/** What was shown to one Service, and is good. */
export interface ShownProof {
  readonly verified: VerifiedToken;
  /** What its session is called by. */
  readonly tokenHash: string;
  /** Canonical. */
  readonly service: string;
  readonly directory: Directory;
}

export interface MappingInput extends ShownProof {
  readonly settings: AcceptedToken;
  /** Whether that IdentityProvider is there and enabled. */
  readonly isProviderEnabled: (name: string) => boolean;
}

/** Who acts with a token that is good: a User who has this identity, else nobody, unless the Service asks for that. */
export function principalOf(input: MappingInput): IdentifiedPrincipal | TokenRejection {
  const { settings, verified, directory, isProviderEnabled } = input;
  const { identityProvider, letSubjectsWithoutUserInAsTransientPrincipals: mayBeTransient } = settings;
  if (identityProvider !== undefined) {
    if (!isProviderEnabled(identityProvider)) return invalid(`the IdentityProvider "${identityProvider}" is disabled`);
    const [user, another] = usersOfToken(directory, identityProvider, verified);
    if (another !== undefined) return invalid('several Users have this identity');
    if (user !== undefined) return actingFor(user, input);
  }
  return mayBeTransient === true ? acting(input, transientUser(input), []) : invalid('no User has this identity');
}

/** A User who is known by name. */
export function actingFor(user: User, shown: ShownProof): IdentifiedPrincipal {
  return acting(shown, user, shown.directory.groupsOf(user));
}

function acting(input: ShownProof, user: User, groups: IdentifiedPrincipal['groups']): IdentifiedPrincipal {
  const kind = user.spec.type === 'HUMAN' ? 'human' : 'workload';
  return { kind, user, groups, session: transientSession(input, user), device: null };
}

/** Names of Users have no colon, so this is nobody who is configured. */
function transientUser({ settings, verified: { issuer, subject } }: MappingInput): User {
  const uid = hashHandle(JSON.stringify([settings.name, issuer, subject]));
  return {
    kind: 'User',
    metadata: { name: `external:${settings.name}:${subject}`, uid: `external-${uid}` },
    spec: { type: 'WORKLOAD' },
  };
}

/** It is kept nowhere and is good for this Service alone. */
function transientSession({ verified, tokenHash, service }: ShownProof, { metadata }: User): Session {
  const { issuer, subject, clientID, scopes, claims, expiresAt } = verified;
  const now = new Date().toISOString();
  const external = { subject, scopes: [...scopes], claims: { ...claims } };
  return begun({
    kind: 'Session',
    metadata: { name: `external-${tokenHash.slice(0, 8)}`, uid: `external-${tokenHash}`, createdAt: now },
    spec: { state: 'ACTIVE', expiresAt: new Date(expiresAt).toISOString() },
    status: {
      type: 'CLIENTLESS',
      isBrowser: false,
      userRef: { name: metadata.name, ...(metadata.uid !== undefined && { uid: metadata.uid }) },
      scopes: [`service:${service}`],
      authentication: {
        setAt: now,
        info: {
          type: 'EXTERNAL',
          external: {
            ...external,
            ...(issuer !== null && { issuer }),
            ...(clientID !== null && { clientID }),
          },
        },
      },
    },
  });
}

function invalid(why: string): TokenRejection {
  return rejected('token-invalid', why);
}

import type { IdentityProvider, User, UserIdentity } from '../../src/model/index.ts';
import type { Directory } from './directory.ts';
import { mayVouchFor } from './email.ts';

/** How a provider's statement about somebody finds a User. */
export type UserMatch =
  | { readonly kind: 'found'; readonly user: User }
  /** `other-subject`: a User states this identifier, and another issuer or subject with it. */
  | { readonly kind: 'none' | 'several' | 'not-human' | 'disabled' | 'other-subject' };

/** What a provider states about whoever signed in. */
export interface ProviderIdentity {
  readonly issuer: string;
  /** Who it is for the issuer: never given to somebody else. */
  readonly subject: string;
  readonly identifier: string;
  /** Where `identifier` may be given to another account later: what never is. A User may state it instead. */
  readonly stableIdentifier?: string;
  /** Only when the provider vouches for it, unless it is configured that it need not. */
  readonly verifiedEmail: string | null;
}

/**
 * The User who states this issuer and subject comes first, then the one who states the identifier and, if they state
 * more, nothing that differs. The e-mail address finds only those who state nothing at this provider, because
 * addresses and names can be given to somebody else.
 */
export function matchUser(directory: Directory, provider: IdentityProvider, identity: ProviderIdentity): UserMatch {
  const { name } = provider.metadata;
  const { issuer, subject, identifier, verifiedEmail } = identity;
  const bySubject = directory.usersBySubject(name, issuer, subject);
  if (bySubject.length > 0) return onlyOne(bySubject);
  const { stableIdentifier } = identity;
  const byAccount = stableIdentifier === undefined ? [] : directory.usersByIdentity(name, stableIdentifier);
  if (byAccount.length > 0) return onlyOne(byAccount);
  const stating = directory.usersByIdentity(name, identifier);
  if (stating.length > 0)
    return onlyOne(
      stating.filter((user) => fits(user, name, identity)),
      'other-subject',
    );
  if (provider.spec.disableEmailAsIdentity === true || verifiedEmail === null) return { kind: 'none' };
  if (!mayVouchFor(provider, verifiedEmail)) return { kind: 'none' };
  return onlyOne(directory.usersByEmail(verifiedEmail).filter((user) => !statesIdentityAt(user, name)));
}

/** Whether this provider could recognise somebody as this User. */
export function mayBeRecognisedAt(user: User, { metadata, spec }: IdentityProvider): boolean {
  return (
    statesIdentityAt(user, metadata.name) || (user.spec.email !== undefined && spec.disableEmailAsIdentity !== true)
  );
}

/** Who a token speaks for. */
export interface TokenIdentity {
  /** `null`: it does not say. */
  readonly issuer: string | null;
  readonly subject: string;
}

/**
 * The Users that a token of a provider speaks for, with the `sub` in place of an identifier: whoever states an issuer or
 * a subject beside that is none that only calls itself so. One is wanted.
 */
export function usersOfToken(directory: Directory, provider: string, identity: TokenIdentity): readonly User[] {
  const { issuer, subject } = identity;
  const bySubject = issuer === null ? [] : directory.usersBySubject(provider, issuer, subject);
  if (bySubject.length > 0) return bySubject;
  const stating = directory.usersByIdentity(provider, subject);
  return stating.filter((user) => fits(user, provider, { ...identity, identifier: subject }));
}

function fits(
  { spec }: User,
  provider: string,
  { issuer, subject, identifier }: TokenIdentity & Pick<ProviderIdentity, 'identifier'>,
): boolean {
  const isHis = (one: UserIdentity): boolean =>
    one.identityProvider === provider &&
    one.identifier === identifier &&
    (one.issuer ?? issuer) === issuer &&
    (one.subject ?? subject) === subject;
  return (spec.authentication?.identities ?? []).some(isHis);
}

/** Whether the User states exactly this identity. */
export function statesIdentity({ spec }: User, provider: string, identifier: string): boolean {
  return (spec.authentication?.identities ?? []).some(
    (identity) => identity.identityProvider === provider && identity.identifier === identifier,
  );
}

function statesIdentityAt({ spec }: User, provider: string): boolean {
  return (spec.authentication?.identities ?? []).some(({ identityProvider }) => identityProvider === provider);
}

function onlyOne(users: readonly User[], nobody: 'none' | 'other-subject' = 'none'): UserMatch {
  const [user, another] = users;
  if (user === undefined) return { kind: nobody };
  if (another !== undefined) return { kind: 'several' };
  if (user.spec.type !== 'HUMAN') return { kind: 'not-human' };
  return user.spec.isDisabled === true ? { kind: 'disabled' } : { kind: 'found', user };
}

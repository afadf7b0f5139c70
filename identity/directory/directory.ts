import type { Credential, Group, IdentityProvider, User } from '../../src/model/index.ts';
import { type ClusterSessions, type SessionTerms, sessionTerms } from '../sessions/lifetime.ts';

/** The users, groups and credentials of one configuration generation, indexed for requests and sign-ins. */
export class Directory {
  readonly #users: ReadonlyMap<string, User>;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #credentials: ReadonlyMap<string, Credential>;
  readonly #groupsOfUser = new WeakMap<User, readonly Group[]>();

  readonly #sessions: ClusterSessions | undefined;
  readonly #termsOfUser = new WeakMap<User, SessionTerms>();

  /** @param sessions what the cluster says about sessions */
  constructor(
    users: readonly User[],
    groups: readonly Group[],
    credentials: readonly Credential[],
    sessions?: ClusterSessions,
  ) {
    this.#sessions = sessions;
    this.#users = new Map(users.map((user) => [user.metadata.name, user]));
    this.#groups = new Map(groups.map((group) => [group.metadata.name, group]));
    this.#credentials = new Map(credentials.map((credential) => [credential.metadata.name, credential]));
  }

  get users(): readonly User[] {
    return [...this.#users.values()];
  }

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  user(name: string): User | null {
    return this.#users.get(name) ?? null;
  }

  credential(name: string): Credential | null {
    return this.#credentials.get(name) ?? null;
  }

  /** The Groups of a user that exist, in the order of `spec.groups`. The same array for the same user. */
  groupsOf(user: User): readonly Group[] {
    const known = this.#groupsOfUser.get(user);
    if (known !== undefined) return known;
    const groups = (user.spec.groups ?? []).flatMap((name) => this.#groups.get(name) ?? []);
    this.#groupsOfUser.set(user, groups);
    return groups;
  }

  /** The same object for the same user. */
  sessionTermsOf(user: User): SessionTerms {
    const known = this.#termsOfUser.get(user);
    if (known !== undefined) return known;
    const terms = sessionTerms(user, this.#sessions);
    this.#termsOfUser.set(user, terms);
    return terms;
  }

  /** Users who state this identity themselves. More than one is a mistake that refuses the sign-in. */
  usersByIdentity(provider: string, identifier: string): User[] {
    return this.#filter((user) =>
      (user.spec.authentication?.identities ?? []).some(
        (identity) => identity.identityProvider === provider && identity.identifier === identifier,
      ),
    );
  }

  usersByEmail(email: string): User[] {
    const wanted = email.toLowerCase();
    return this.#filter((user) => user.spec.email?.toLowerCase() === wanted);
  }

  #filter(matches: (user: User) => boolean): User[] {
    return [...this.#users.values()].filter(matches);
  }
}

/** How a provider's statement about somebody finds a User. */
export type UserMatch =
  | { readonly kind: 'found'; readonly user: User }
  | { readonly kind: 'none' | 'several' | 'not-human' | 'disabled' };

/** What a provider states about whoever signed in. */
export interface ProviderIdentity {
  readonly identifier: string;
  /** Only when the provider vouches for it. */
  readonly verifiedEmail: string | null;
}

/**
 * An identity that the User states comes first; the e-mail address only when nothing states the identity and the
 * provider may be matched by e-mail. Addresses can be given to somebody else, so a User who states an identity at
 * this provider is found by that one alone.
 */
export function matchUser(directory: Directory, provider: IdentityProvider, identity: ProviderIdentity): UserMatch {
  const byIdentity = directory.usersByIdentity(provider.metadata.name, identity.identifier);
  if (byIdentity.length > 0) return onlyOne(byIdentity);
  const { verifiedEmail } = identity;
  if (provider.spec.disableEmailAsIdentity === true || verifiedEmail === null) return { kind: 'none' };
  const { name } = provider.metadata;
  return onlyOne(directory.usersByEmail(verifiedEmail).filter((user) => !statesIdentityAt(user, name)));
}

function statesIdentityAt({ spec }: User, provider: string): boolean {
  return (spec.authentication?.identities ?? []).some(({ identityProvider }) => identityProvider === provider);
}

function onlyOne(users: readonly User[]): UserMatch {
  const [user, another] = users;
  if (user === undefined) return { kind: 'none' };
  if (another !== undefined) return { kind: 'several' };
  if (user.spec.type !== 'HUMAN') return { kind: 'not-human' };
  return user.spec.isDisabled === true ? { kind: 'disabled' } : { kind: 'found', user };
}

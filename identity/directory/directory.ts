import type { Credential, Group, User } from '../../src/model/index.ts';
import { type ClusterSessions, type SessionTerms, sessionTerms } from '../sessions/lifetime.ts';
import { IdentityIndex } from './identity-index.ts';
import { type Member, Members } from './member.ts';

/** The users, groups and credentials of one configuration generation, indexed for requests and sign-ins. */
export class Directory {
  readonly #users: ReadonlyMap<string, User>;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #credentials: ReadonlyMap<string, Credential>;
  readonly #groupsOfUser = new WeakMap<User, readonly Group[]>();
  readonly #members = new Members((name) => this.#groups.get(name) ?? null);
  #index: IdentityIndex | null = null;

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

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /**
   * A User with the Groups that a session adds; the same objects for the same Groups. `null` when one of these is not
   * there.
   */
  memberOf(user: User, added: readonly string[]): Member | null {
    return this.#members.of({ user, groups: this.groupsOf(user) }, added);
  }

  /** Users who state this identity themselves. More than one is a mistake that refuses the sign-in. */
  usersByIdentity(provider: string, identifier: string): readonly User[] {
    return this.#identities.byIdentifier(provider, identifier);
  }

  usersBySubject(provider: string, issuer: string, subject: string): readonly User[] {
    return this.#identities.bySubject(provider, issuer, subject);
  }

  usersByEmail(email: string): readonly User[] {
    return this.#identities.byEmail(email);
  }

  /** Made at the first sign-in: many configurations never see one. */
  get #identities(): IdentityIndex {
    this.#index ??= new IdentityIndex(this.#users.values());
    return this.#index;
  }
}

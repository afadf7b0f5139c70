import { Lru } from '../../src/base/lru.ts';
import type { Group, User } from '../../src/model/index.ts';

/** A User with the Groups that count in one session. */
export interface Member {
  /** Its `spec.groups` name all of them. */
  readonly user: User;
  readonly groups: readonly Group[];
}

/** Combinations of Groups that are kept for a User. */
const COMBINATIONS = 32;

/**
 * Users with the Groups of their sessions. The same objects for the same Groups: what is worked out for a principal is
 * kept by them.
 */
export class Members {
  readonly #group: (name: string) => Group | null;
  readonly #ofUser = new WeakMap<User, Lru<string, Member>>();

  constructor(group: (name: string) => Group | null) {
    this.#group = group;
  }

  /** `null` when a Group is not there: what it denies would be escaped. */
  of(base: Member, names: readonly string[]): Member | null {
    const { user } = base;
    const own = user.spec.groups ?? [];
    const added = [...new Set(names)].filter((name) => !own.includes(name)).sort();
    if (added.length === 0) return base;
    const key = added.join(' ');
    const known = this.#ofUser.get(user)?.get(key);
    if (known !== undefined) return known;
    const groups = added.flatMap((name) => this.#group(name) ?? []);
    if (groups.length < added.length) return null;
    const spec = { ...user.spec, groups: [...own, ...added] };
    return this.#keep(user, key, { user: { ...user, spec }, groups: [...base.groups, ...groups] });
  }

  #keep(user: User, key: string, member: Member): Member {
    const known = this.#ofUser.get(user) ?? new Lru<string, Member>(COMBINATIONS);
    this.#ofUser.set(user, known);
    known.set(key, member);
    return member;
  }
}

import type { Group, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { notFound, readOnly } from './fault.ts';
import { isFilledByScim, isFromScim, outerKey, outerOf } from './outer.ts';

/** The people and groups of one Directory, as a SCIM client finds them. */
export class ScimIndex {
  readonly #users: ReadonlyMap<string, User>;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #usersByKey: ReadonlyMap<string, User>;
  readonly #groupsByKey: ReadonlyMap<string, Group>;
  readonly #groupsByName: ReadonlyMap<string, Group>;
  readonly #members = new Map<string, User[]>();
  static readonly #ofDirectory = new WeakMap<Directory, ScimIndex>();

  constructor({ users, groups }: Pick<Directory, 'users' | 'groups'>) {
    const people = users.filter(({ spec }) => spec.type === 'HUMAN');
    this.#users = new Map(people.map((user) => [idOf(user), user]));
    this.#groups = new Map(groups.map((group) => [idOf(group), group]));
    this.#usersByKey = new Map(users.map((user) => [outerOf(user).key, user]));
    this.#groupsByKey = new Map(groups.map((group) => [outerOf(group).key, group]));
    this.#groupsByName = new Map(groups.map((group) => [group.metadata.name, group]));
    for (const user of people) for (const name of new Set(user.spec.groups)) this.#add(name, user);
  }

  static of(directory: Directory): ScimIndex {
    const known = ScimIndex.#ofDirectory.get(directory);
    if (known !== undefined) return known;
    const index = new ScimIndex(directory);
    ScimIndex.#ofDirectory.set(directory, index);
    return index;
  }

  get users(): readonly User[] {
    return [...this.#users.values()];
  }

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** @throws ScimFault */
  user(id: string): User {
    return this.#users.get(id) ?? missing();
  }

  /** @throws ScimFault */
  group(id: string): Group {
    return this.#groups.get(id) ?? missing();
  }

  userCalled(name: string): User | null {
    return this.#usersByKey.get(outerKey(name)) ?? null;
  }

  groupCalled(name: string): Group | null {
    return this.#groupsByKey.get(outerKey(name)) ?? null;
  }

  /** By the name of the resource. */
  groupNamed(name: string): Group | null {
    return this.#groupsByName.get(name) ?? null;
  }

  findUser(id: string): User | null {
    return this.#users.get(id) ?? null;
  }

  membersOf({ metadata }: Group): readonly User[] {
    return this.#members.get(metadata.name) ?? [];
  }

  #add(group: string, user: User): void {
    const members = this.#members.get(group);
    if (members === undefined) this.#members.set(group, [user]);
    else members.push(user);
  }
}

/** A name may be given to something else later, a uid may not. What stands in a file has no uid. */
export function idOf({ metadata }: User | Group): string {
  return metadata.uid ?? metadata.name;
}

/** @throws ScimFault */
export function mustBeOurs(resource: User | Group): void {
  if (isFromScim(resource)) return;
  throw readOnly(
    `${resource.kind} "${resource.metadata.name}" was not made through SCIM; it is changed where it is written`,
  );
}

/** @throws ScimFault */
export function mustBeFilledByUs(group: Group): void {
  if (!isFilledByScim(group)) mustBeOurs(group);
}

function missing(): never {
  throw notFound();
}

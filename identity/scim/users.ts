import type { User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { DirectoryChange } from '../ports.ts';
import { assignAll } from './attributes.ts';
import { notUnique } from './fault.ts';
import { userNames } from './names.ts';
import { outerKey, versionOf } from './outer.ts';
import { patch } from './patch.ts';
import { mustBeOurs, ScimIndex } from './scim-index.ts';
import type { Plan } from './transaction.ts';
import { draftOfUser, emptyUser, stated, USER_SETTERS, type UserDraft, type UserStatement } from './user-draft.ts';

/** @throws ScimFault, as all plans do */
export function createUser(directory: Directory, body: unknown): Plan & { readonly name: string } {
  const statement = stated(filled(body));
  mustBeFree(directory, statement, null);
  const name = userNames(statement.userName).find((one) => directory.user(one) === null);
  if (name === undefined) throw notUnique('the names that this userName gives are taken');
  const user: User = { kind: 'User', metadata: { name }, spec: { type: 'HUMAN' } };
  return { name, changes: [put(withStatement(user, statement), statement, null)], ended: [] };
}

export function replaceUser(directory: Directory, id: string, body: unknown): Plan {
  return changeUser(directory, id, () => filled(body));
}

export function patchUser(directory: Directory, id: string, body: unknown): Plan {
  return changeUser(directory, id, (user) => {
    const draft = draftOfUser(user);
    patch(draft, USER_SETTERS, body);
    return draft;
  });
}

export function deleteUser(directory: Directory, id: string): Plan {
  const user = ScimIndex.of(directory).user(id);
  mustBeOurs(user);
  const { name } = user.metadata;
  return { changes: [{ op: 'delete', kind: 'User', name, ifVersion: versionOf(user) }], ended: [name] };
}

/** The same user in other groups. */
export function withGroups(user: User, groups: readonly string[]): DirectoryChange {
  const { groups: _, ...spec } = user.spec;
  const changed: User = { ...user, spec: { ...spec, ...(groups.length > 0 && { groups: [...groups] }) } };
  return put(changed, stated(draftOfUser(user)), user);
}

function changeUser(directory: Directory, id: string, draft: (user: User) => UserDraft): Plan {
  const user = ScimIndex.of(directory).user(id);
  mustBeOurs(user);
  const statement = stated(draft(user));
  mustBeFree(directory, statement, user);
  const changes = [put(withStatement(user, statement), statement, user)];
  return { changes, ended: statement.active ? [] : [user.metadata.name] };
}

function filled(body: unknown): UserDraft {
  const draft = emptyUser();
  assignAll(draft, USER_SETTERS, 'replace', body);
  return draft;
}

/** An address of two users would sign in neither of them. */
function mustBeFree(directory: Directory, { userName, email }: UserStatement, self: User | null): void {
  const holder = ScimIndex.of(directory).userCalled(userName);
  if (holder !== null && holder !== self) throw notUnique('the userName is taken');
  const others = email === null ? [] : directory.usersByEmail(email).filter((user) => user !== self);
  if (others.length > 0) throw notUnique('the e-mail address is taken');
}

function put(user: User, { userName, externalId }: UserStatement, former: User | null): DirectoryChange {
  const outer = { key: outerKey(userName), name: userName, externalId };
  return { op: 'put', resource: user, origin: 'scim', outer, ifVersion: former === null ? null : versionOf(former) };
}

/** Only what a draft has is taken over: groups, policies and settings of the user stay as they are. */
function withStatement(user: User, statement: UserStatement): User {
  const { displayName: _name, ...metadata } = user.metadata;
  const { email: _email, isDisabled: _disabled, info: formerInfo, ...spec } = user.spec;
  const { displayName, email, active } = statement;
  const info = { ...withoutNames(formerInfo), ...namesOf(statement) };
  return {
    kind: 'User',
    metadata: { ...metadata, ...(displayName !== null && { displayName }) },
    spec: {
      ...spec,
      ...(email !== null && { email }),
      ...(Object.keys(info).length > 0 && { info }),
      ...(!active && { isDisabled: true }),
    },
  };
}

type Info = NonNullable<User['spec']['info']>;

function withoutNames(info: Info = {}): Info {
  const { firstName: _first, middleName: _middle, lastName: _last, ...rest } = info;
  return rest;
}

function namesOf({ givenName, middleName, familyName }: UserStatement): Info {
  return {
    ...(givenName !== null && { firstName: givenName }),
    ...(middleName !== null && { middleName }),
    ...(familyName !== null && { lastName: familyName }),
  };
}

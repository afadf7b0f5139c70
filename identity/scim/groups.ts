import type { Group, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { DirectoryChange } from '../ports.ts';
import { assignAll } from './attributes.ts';
import { invalid, notUnique } from './fault.ts';
import { emptyGroup, GROUP_SETTERS, type GroupDraft, type GroupStatement, statedGroup } from './group-draft.ts';
import { groupNames } from './names.ts';
import { isFromScim, outerKey, outerOf, versionOf } from './outer.ts';
import { patch } from './patch.ts';
import { idOf, mustBeFilledByUs, mustBeOurs, ScimIndex } from './scim-index.ts';
import type { Plan } from './transaction.ts';
import { withGroups } from './users.ts';

/** @throws ScimFault, as all plans do */
export function createGroup(directory: Directory, body: unknown): Plan & { readonly name: string } {
  const statement = statedGroup(filled(body));
  mustBeFree(directory, statement, null);
  const taken = new Set(directory.groups.map(({ metadata }) => metadata.name));
  const name = groupNames(statement.displayName).find((one) => !taken.has(one));
  if (name === undefined) throw notUnique('the names that this displayName gives are taken');
  const group: Group = { kind: 'Group', metadata: { name }, spec: {} };
  return { name, changes: [put(group, statement, null), ...memberChanges(directory, group, statement)], ended: [] };
}

/** Whom files make a member stays one: a directory that does not know of them is not to be refused for it. */
export function replaceGroup(directory: Directory, id: string, body: unknown): Plan {
  return changeGroup(directory, id, (group) => {
    const draft = filled(body);
    const stated = ScimIndex.of(directory)
      .membersOf(group)
      .filter((user) => !isFromScim(user));
    for (const user of stated) draft.members.add(idOf(user));
    return draft;
  });
}

export function patchGroup(directory: Directory, id: string, body: unknown): Plan {
  return changeGroup(directory, id, (group) => {
    const { name, externalId } = outerOf(group);
    const members = new Set(ScimIndex.of(directory).membersOf(group).map(idOf));
    const draft: GroupDraft = { displayName: name, externalId, members };
    patch(draft, GROUP_SETTERS, body);
    return draft;
  });
}

export function deleteGroup(directory: Directory, id: string): Plan {
  const index = ScimIndex.of(directory);
  const group = index.group(id);
  mustBeFilledByUs(group);
  const { name } = group.metadata;
  if (!isFromScim(group)) return { changes: emptied(index, group), ended: [] };
  const without = index.membersOf(group).map((user) => leave(user, name));
  const own: DirectoryChange = { op: 'delete', kind: 'Group', name, ifVersion: versionOf(group) };
  return { changes: [...without, own], ended: [] };
}

function changeGroup(directory: Directory, id: string, draft: (group: Group) => GroupDraft): Plan {
  const group = ScimIndex.of(directory).group(id);
  mustBeFilledByUs(group);
  const statement = statedGroup(draft(group));
  mustBeFree(directory, statement, group);
  const changes = [...ownChanges(group, statement), ...memberChanges(directory, group, statement)];
  return { changes, ended: [] };
}

/** A Group that stands in a file keeps its name; what a directory calls it by itself is not kept. */
function ownChanges(group: Group, statement: GroupStatement): DirectoryChange[] {
  const { name, key, externalId } = outerOf(group);
  if (!isFromScim(group)) {
    if (outerKey(statement.displayName) !== key) mustBeOurs(group);
    return [];
  }
  return name !== statement.displayName || externalId !== statement.externalId ? [put(group, statement, group)] : [];
}

/** A Group that stands in a file stays, without the people whom the directory put there. */
function emptied(index: ScimIndex, group: Group): DirectoryChange[] {
  const pushed = index.membersOf(group).filter(isFromScim);
  return pushed.map((user) => leave(user, group.metadata.name));
}

function filled(body: unknown): GroupDraft {
  const draft = emptyGroup();
  assignAll(draft, GROUP_SETTERS, 'replace', body);
  return draft;
}

function mustBeFree(directory: Directory, { displayName }: GroupStatement, self: Group | null): void {
  const holder = ScimIndex.of(directory).groupCalled(displayName);
  if (holder !== null && holder !== self) throw notUnique('the displayName is taken');
}

function put(group: Group, { displayName, externalId }: GroupStatement, former: Group | null): DirectoryChange {
  const outer = { key: outerKey(displayName), name: displayName, externalId };
  const resource: Group = { ...group, metadata: { ...group.metadata, displayName } };
  return { op: 'put', resource, origin: 'scim', outer, ifVersion: former === null ? null : versionOf(former) };
}

/** Members are kept with the users: only those whose membership changes are touched. */
function memberChanges(directory: Directory, group: Group, { members }: GroupStatement): DirectoryChange[] {
  const index = ScimIndex.of(directory);
  const { name } = group.metadata;
  const present = index.membersOf(group);
  const former = new Set(present.map(idOf));
  const left = present.filter((user) => !members.has(idOf(user))).map((user) => leave(user, name));
  const joined = [...members].filter((id) => !former.has(id)).map((id) => join(index.findUser(id), id, name));
  return [...left, ...joined];
}

function leave(user: User, group: string): DirectoryChange {
  mustBeOurs(user);
  return withGroups(
    user,
    (user.spec.groups ?? []).filter((one) => one !== group),
  );
}

function join(user: User | null, id: string, group: string): DirectoryChange {
  if (user === null) throw invalid('invalidValue', `no user has the id "${id.slice(0, 64)}"`);
  mustBeOurs(user);
  return withGroups(user, [...(user.spec.groups ?? []), group]);
}

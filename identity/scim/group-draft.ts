import { type Assignment, listOf, memberOf, type Setter, type Setters, textOf } from './attributes.ts';
import { invalid } from './fault.ts';

/** What a SCIM client can say of a group, and nothing else. */
export interface GroupDraft {
  displayName: string | null;
  externalId: string | null;
  /** Ids of users. */
  members: Set<string>;
}

export type GroupStatement = Omit<GroupDraft, 'displayName'> & { readonly displayName: string };

const ONE_MEMBER = /^ *value +eq +"([A-Za-z0-9-]{1,64})" *$/i;
const MOST_MEMBERS = 20_000;

export const GROUP_SETTERS: Setters<GroupDraft> = new Map<string, Setter<GroupDraft>>([
  [
    'displayname',
    (draft, assignment) => {
      draft.displayName = textOf(assignment, 'displayName', 100);
    },
  ],
  [
    'externalid',
    (draft, assignment) => {
      draft.externalId = textOf(assignment, 'externalId', 256);
    },
  ],
  ['members', setMembers],
]);

export function emptyGroup(): GroupDraft {
  return { displayName: null, externalId: null, members: new Set() };
}

/** @throws ScimFault */
export function statedGroup(draft: GroupDraft): GroupStatement {
  const { displayName } = draft;
  if (displayName === null || displayName.trim() !== displayName) {
    throw invalid('invalidValue', '"displayName" is required, without spaces around it');
  }
  return { ...draft, displayName };
}

function setMembers(draft: GroupDraft, { op, value, filter }: Assignment): void {
  const isAll = filter === null && (value === undefined || value === null);
  if (op === 'replace' || (op === 'remove' && isAll)) draft.members = new Set();
  if (op === 'remove') {
    for (const id of filter === null ? listOf(value).map(memberId) : [filteredId(filter)]) draft.members.delete(id);
    return;
  }
  if (filter !== null) throw invalid('invalidPath', 'members with a filter can only be removed');
  for (const id of listOf(value).map(memberId)) draft.members.add(id);
  if (draft.members.size > MOST_MEMBERS) throw invalid('invalidValue', `a group has at most ${MOST_MEMBERS} members`);
}

function filteredId(filter: string): string {
  const id = ONE_MEMBER.exec(filter)?.[1];
  if (id === undefined) throw invalid('invalidFilter', 'members are chosen by members[value eq "ID"]');
  return id;
}

function memberId(member: unknown): string {
  const id = typeof member === 'string' ? member : memberOf(member, 'value');
  if (typeof id !== 'string') throw invalid('invalidValue', 'a member needs a "value", the id of a user');
  return id;
}

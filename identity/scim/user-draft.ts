import type { User } from '../../src/model/index.ts';
import { comparableEmail } from '../directory/email.ts';
import { type Assignment, assignAll, listOf, memberOf, type Setter, type Setters, textOf } from './attributes.ts';
import { invalid } from './fault.ts';
import { outerOf } from './outer.ts';

/** What a SCIM client can say of a user, and nothing else. */
export interface UserDraft {
  userName: string | null;
  externalId: string | null;
  displayName: string | null;
  givenName: string | null;
  middleName: string | null;
  familyName: string | null;
  /** The one address that is kept, in lower case. */
  email: string | null;
  active: boolean;
}

export type UserStatement = Omit<UserDraft, 'userName'> & { readonly userName: string };

type TextField = Exclude<keyof UserDraft, 'active' | 'email'>;

const EMAIL = /^[^@A-Z\s]+@[^@A-Z\s]+$/;
const MOST_EMAIL = 254;

function keeps(field: TextField, most: number): Setter<UserDraft> {
  return (draft, assignment) => {
    draft[field] = textOf(assignment, field, most);
  };
}

const NAME_PARTS: Setters<UserDraft> = new Map([
  ['givenname', keeps('givenName', 128)],
  ['middlename', keeps('middleName', 128)],
  ['familyname', keeps('familyName', 128)],
]);

export const USER_SETTERS: Setters<UserDraft> = new Map<string, Setter<UserDraft>>([
  ['username', keeps('userName', 254)],
  ['externalid', keeps('externalId', 256)],
  ['displayname', keeps('displayName', 100)],
  ['active', setActive],
  ['name', setName],
  ...[...NAME_PARTS].map(([part, setter]) => [`name.${part}`, setter] as const),
  ['emails', setEmails],
  ['emails.value', setEmail],
]);

export function emptyUser(): UserDraft {
  const names = { displayName: null, givenName: null, middleName: null, familyName: null };
  return { userName: null, externalId: null, ...names, email: null, active: true };
}

export function draftOfUser(user: User): UserDraft {
  const { metadata, spec } = user;
  const { name, externalId } = outerOf(user);
  return {
    userName: name,
    externalId,
    displayName: metadata.displayName ?? null,
    givenName: spec.info?.firstName ?? null,
    middleName: spec.info?.middleName ?? null,
    familyName: spec.info?.lastName ?? null,
    email: spec.email ?? null,
    active: spec.isDisabled !== true,
  };
}

/** @throws ScimFault */
export function stated(draft: UserDraft): UserStatement {
  const { userName } = draft;
  if (userName === null || userName.trim() !== userName) {
    throw invalid('invalidValue', '"userName" is required, without spaces around it');
  }
  return { ...draft, userName };
}

/** Some directories send the word instead of the value. */
function setActive(draft: UserDraft, { op, value }: Assignment): void {
  const word = typeof value === 'string' ? value.toLowerCase() : String(value);
  if (op === 'remove' || (word !== 'true' && word !== 'false')) {
    throw invalid('invalidValue', '"active" must be true or false');
  }
  draft.active = word === 'true';
}

function setName(draft: UserDraft, { op, value }: Assignment): void {
  if (op !== 'add') Object.assign(draft, { givenName: null, middleName: null, familyName: null });
  if (op !== 'remove' && value !== null) assignAll(draft, NAME_PARTS, op, value);
}

/** Of several the primary one is kept; without one, the first. */
function setEmails(draft: UserDraft, { op, value, filter }: Assignment): void {
  if (filter !== null && !isKept(draft, filter)) return;
  if (op === 'remove') {
    draft.email = null;
    return;
  }
  const emails = listOf(value).map((one) => (typeof one === 'string' ? { value: one } : one));
  const primary = emails.find((one) => String(memberOf(one, 'primary')).toLowerCase() === 'true');
  if (op === 'add' && primary === undefined && draft.email !== null) return;
  const chosen = primary ?? emails[0];
  draft.email = chosen === undefined ? null : emailOf({ op, value: memberOf(chosen, 'value'), filter });
}

function setEmail(draft: UserDraft, assignment: Assignment): void {
  if (assignment.filter === null || isKept(draft, assignment.filter)) draft.email = emailOf(assignment);
}

/** Which of the addresses a client means: the one that is kept is shown as the primary one, for work. */
function isKept({ email }: UserDraft, filter: string): boolean {
  const condition = filter.replaceAll(' ', '').toLowerCase();
  return ['typeeq"work"', 'primaryeqtrue', 'primaryeq"true"', `valueeq"${email}"`].includes(condition);
}

function emailOf(assignment: Assignment): string | null {
  const text = textOf(assignment, 'emails.value', MOST_EMAIL);
  if (text === null) return null;
  const email = comparableEmail(text);
  if (!EMAIL.test(email)) throw invalid('invalidValue', 'this is not an e-mail address');
  return email;
}

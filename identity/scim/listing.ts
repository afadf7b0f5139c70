import type { Group, User } from '../../src/model/index.ts';
import { onlyParameter } from '../site/visit.ts';
import { invalid } from './fault.ts';
import { type Attributes, type FilterAttribute, filterBy, parseFilter } from './filter.ts';
import { outerOf } from './outer.ts';
import { idOf, type ScimIndex } from './scim-index.ts';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const USUAL_COUNT = 100;
export const MOST_COUNT = 500;
const MOST_NAMED = 50;

export const USER_ATTRIBUTES: Attributes<User> = new Map<string, FilterAttribute<User>>([
  ['id', { of: (user) => [idOf(user)], caseExact: true }],
  ['username', { of: (user) => [outerOf(user).name] }],
  ['externalid', { of: (user) => textsOf(outerOf(user).externalId), caseExact: true }],
  ['emails', { of: (user) => textsOf(user.spec.email) }],
  ['emails.value', { of: (user) => textsOf(user.spec.email) }],
  ['displayname', { of: (user) => textsOf(user.metadata.displayName) }],
  ['active', { of: (user) => [String(user.spec.isDisabled !== true)] }],
]);

export function groupAttributes(index: ScimIndex): Attributes<Group> {
  const members: FilterAttribute<Group> = { of: (group) => index.membersOf(group).map(idOf), caseExact: true };
  return new Map<string, FilterAttribute<Group>>([
    ['id', { of: (group) => [idOf(group)], caseExact: true }],
    ['externalid', { of: (group) => textsOf(outerOf(group).externalId), caseExact: true }],
    ['displayname', { of: (group) => [outerOf(group).name] }],
    ['members', members],
    ['members.value', members],
  ]);
}

/** RFC 7644 3.4.2: what fits the filter, a page of it. @throws ScimFault */
export function listPage<T extends User | Group>(
  all: readonly T[],
  attributes: Attributes<T>,
  query: URLSearchParams,
  view: (one: T) => object,
) {
  const filter = parameter(query, 'filter');
  const fitting = filter === null ? all : all.filter(filterBy(parseFilter(filter), attributes));
  const startIndex = Math.max(1, wholeNumber(query, 'startIndex') ?? 1);
  const count = Math.min(MOST_COUNT, Math.max(0, wholeNumber(query, 'count') ?? USUAL_COUNT));
  const sorted = [...fitting].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const page = sorted.slice(startIndex - 1, startIndex - 1 + count);
  return listResponse(
    page.map((one) => narrowed(view(one), query)),
    fitting.length,
    startIndex,
  );
}

export function listResponse(page: readonly object[], totalResults = page.length, startIndex = 1) {
  return { schemas: [LIST], totalResults, startIndex, itemsPerPage: page.length, Resources: page };
}

/** RFC 7644 3.9, for whole attributes. @throws ScimFault */
export function narrowed(view: object, query: URLSearchParams): object {
  const wanted = names(query, 'attributes');
  const unwanted = names(query, 'excludedAttributes');
  if (wanted === null && unwanted === null) return view;
  const keep = (key: string) => wanted?.has(key.toLowerCase()) ?? !unwanted?.has(key.toLowerCase());
  return Object.fromEntries(Object.entries(view).filter(([key]) => key === 'id' || key === 'schemas' || keep(key)));
}

function names(query: URLSearchParams, parameterName: string): ReadonlySet<string> | null {
  const text = parameter(query, parameterName);
  if (text === null) return null;
  const listed = text.split(',', MOST_NAMED).map((name) => name.trim().toLowerCase().replace(/\..*$/, ''));
  return new Set(listed);
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const text = parameter(query, name);
  if (text === null) return null;
  if (!/^-?\d{1,9}$/.test(text)) throw invalid('invalidValue', `${name} must be a whole number`);
  return Number(text);
}

function parameter(query: URLSearchParams, name: string): string | null {
  if (!query.has(name)) return null;
  const value = onlyParameter(query, name);
  if (value === null) throw invalid('invalidValue', `${name} is repeated`);
  return value;
}

function textsOf(text: string | null | undefined): string[] {
  return text === null || text === undefined ? [] : [text];
}

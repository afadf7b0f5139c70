import type { Group, User } from '../../src/model/index.ts';
import { outerOf } from './outer.ts';
import { idOf, type ScimIndex } from './scim-index.ts';
import { draftOfUser } from './user-draft.ts';

export const SCHEMAS = {
  User: 'urn:ietf:params:scim:schemas:core:2.0:User',
  Group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
} as const;

export interface ViewContext {
  readonly index: ScimIndex;
  /** Address of the end point, without a slash at its end. */
  readonly base: string;
}

/** RFC 7643 4.1 */
export function userView(user: User, context: ViewContext) {
  const { userName, externalId, displayName, givenName, middleName, familyName, email, active } = draftOfUser(user);
  const name = present({ givenName, middleName, familyName });
  const groups = (user.spec.groups ?? []).flatMap((group) => context.index.groupNamed(group) ?? []);
  return {
    schemas: [SCHEMAS.User],
    id: idOf(user),
    ...present({ externalId, userName, displayName }),
    ...(Object.keys(name).length > 0 && { name }),
    active,
    ...(email !== null && { emails: [{ value: email, type: 'work', primary: true }] }),
    ...(groups.length > 0 && { groups: groups.map((group) => reference(group, context)) }),
    meta: meta(user, context),
  };
}

/** RFC 7643 4.2 */
export function groupView(group: Group, context: ViewContext) {
  const { name, externalId } = outerOf(group);
  const members = context.index.membersOf(group);
  return {
    schemas: [SCHEMAS.Group],
    id: idOf(group),
    ...present({ externalId }),
    displayName: name,
    ...(members.length > 0 && { members: members.map((user) => reference(user, context)) }),
    meta: meta(group, context),
  };
}

export function locationOf(resource: User | Group, { base }: ViewContext): string {
  return `${base}/${resource.kind}s/${idOf(resource)}`;
}

function reference(resource: User | Group, context: ViewContext) {
  const display = resource.metadata.displayName ?? outerOf(resource).name;
  return { value: idOf(resource), display, $ref: locationOf(resource, context) };
}

function meta(resource: User | Group, context: ViewContext) {
  const { createdAt, updatedAt } = resource.metadata;
  const times = present({ created: createdAt ?? null, lastModified: updatedAt ?? null });
  return { resourceType: resource.kind, ...times, location: locationOf(resource, context) };
}

function present(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

import type { Group, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { createGroup, deleteGroup, patchGroup, replaceGroup } from './groups.ts';
import { groupAttributes, listPage, USER_ATTRIBUTES } from './listing.ts';
import { ScimIndex } from './scim-index.ts';
import type { Plan } from './transaction.ts';
import { createUser, deleteUser, patchUser, replaceUser } from './users.ts';
import { groupView, userView, type ViewContext } from './views.ts';

/** What Users and Groups differ in. */
export interface Collection {
  readonly list: (query: URLSearchParams, context: ViewContext) => object;
  readonly find: (directory: Directory, id: string) => User | Group;
  readonly named: (directory: Directory, name: string) => User | Group | null;
  readonly create: (directory: Directory, body: unknown) => Plan & { readonly name: string };
  readonly replace: (directory: Directory, id: string, body: unknown) => Plan;
  readonly patch: (directory: Directory, id: string, body: unknown) => Plan;
  readonly delete: (directory: Directory, id: string) => Plan;
}

export const USERS: Collection = {
  list: (query, context) => listPage(context.index.users, USER_ATTRIBUTES, query, (user) => userView(user, context)),
  find: (directory, id) => ScimIndex.of(directory).user(id),
  named: (directory, name) => directory.user(name),
  create: createUser,
  replace: replaceUser,
  patch: patchUser,
  delete: deleteUser,
};

export const GROUPS: Collection = {
  list: (query, context) =>
    listPage(context.index.groups, groupAttributes(context.index), query, (group) => groupView(group, context)),
  find: (directory, id) => ScimIndex.of(directory).group(id),
  named: (directory, name) => directory.groups.find(({ metadata }) => metadata.name === name) ?? null,
  create: createGroup,
  replace: replaceGroup,
  patch: patchGroup,
  delete: deleteGroup,
};

import { Authorization } from './authorization.ts';
import { resource } from './resource.ts';
import { attrs, Bool, OpenStatus } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';

export const GroupSpec = strict({
  authorization: field(Authorization, 'Policies for every request of the members.'),
  membersByScim: field(
    Bool,
    'A directory may say by SCIM which of its people are members, beside those that are stated; false when left out.',
  ),
  attrs,
});
export type GroupSpec = Static<typeof GroupSpec>;

export const Group = resource('Group', GroupSpec, OpenStatus);
export type Group = Static<typeof Group>;

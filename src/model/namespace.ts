import { SharedAuthorization } from './authorization.ts';
import { resource } from './resource.ts';
import { attrs, OpenStatus } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';

export const NamespaceSpec = strict({
  authorization: field(SharedAuthorization, 'Policies for every Service in it.'),
  attrs,
});
export type NamespaceSpec = Static<typeof NamespaceSpec>;

export const Namespace = resource('Namespace', NamespaceSpec, OpenStatus);
export type Namespace = Static<typeof Namespace>;

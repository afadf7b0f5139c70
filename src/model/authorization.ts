import { AccessRequests } from './access-requests.ts';
import { InlinePolicy } from './policy.ts';
import { Bool, namesOf } from './scalars.ts';
import { field, list, type Static, strict } from './schema.ts';

const fields = {
  policies: field(namesOf('Policy'), 'Policies by name. `a.b.c` also applies `b.c` and `c`.'),
  inlinePolicies: field(list(InlinePolicy, 100), 'Policies that belong to this resource alone.'),
};

/** Policies attached to a resource. */
export const Authorization = strict(fields);
export type Authorization = Static<typeof Authorization>;

const accessRequests = field(AccessRequests, 'People whom policies deny may ask for access for a while.');

/** The attachment of what holds for many Services. */
export const SharedAuthorization = strict({ ...fields, accessRequests });
export type SharedAuthorization = Static<typeof SharedAuthorization>;

/** A Service's attachment, which can hold for anonymous requests too. */
export const ServiceAuthorization = strict({
  ...fields,
  accessRequests,
  enableAnonymous: field(Bool, 'Apply policies to the requests of an anonymous Service.'),
});
export type ServiceAuthorization = Static<typeof ServiceAuthorization>;

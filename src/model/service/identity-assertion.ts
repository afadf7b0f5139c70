import { Duration, formatted, text, words } from '../scalars.ts';
import { field, type Static, strict } from '../schema.ts';

const headerName = formatted('identity-header', 128);

const PlainHeaders = strict({
  user: field(headerName, 'Header with the name of the User.'),
  email: field(headerName, 'Header with the e-mail address, of users that have one.'),
  groups: field(headerName, 'Header with the names of the Groups, separated by commas.'),
  name: field(headerName, 'Header with the name to show, percent-encoded where it is not ASCII.'),
});

/** Who sent a request, told to the upstream in a form that it can verify. */
export const IdentityAssertion = strict({
  header: field(headerName, 'Header of the signed assertion; X-Ostiary-Assertion when left out.'),
  algorithm: field(words('EDDSA', 'ES256'), 'How it is signed; EDDSA when left out.'),
  audience: field(text(512), 'Its `aud`; https:// and the first host of the Service when left out.'),
  lifetime: field(Duration, 'How long one is valid, from 10s to 5m; 1m when left out.'),
  headers: field(PlainHeaders, 'The same as plain headers, for upstreams that nobody else can reach.'),
});
export type IdentityAssertion = Static<typeof IdentityAssertion>;

export const DEFAULT_ASSERTION_HEADER = 'X-Ostiary-Assertion';

/** Every header that it sets, the assertion's first. */
export function assertionHeaders({ header, headers = {} }: IdentityAssertion): string[] {
  return [header ?? DEFAULT_ASSERTION_HEADER, ...Object.values(headers)];
}

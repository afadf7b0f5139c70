import { verifyAssertion } from '../assertions/workload-assertion.ts';
import { isOAuthRefusal, refuseOAuth } from '../refusal.ts';
import { askedScopes } from './client-credentials.ts';
import type { Grant } from './grant.ts';

/** RFC 7523 2.1: the token of another issuer, for one of ours. */
export const jwtBearer: Grant = async ({ config, deps }, form, client) => {
  const assertion = form.get('assertion');
  if (assertion === undefined) return refuseOAuth('invalid_request', 'assertion is missing');
  if (client.kind !== 'public') return refuseOAuth('invalid_request', 'an assertion is shown without a client');
  const scopes = askedScopes(form, undefined);
  if (isOAuthRefusal(scopes)) return scopes;
  const verified = await verifyAssertion(deps, config, assertion);
  if (verified.kind === 'unusable') return refuseOAuth('invalid_grant', 'the assertion is not valid', verified.detail);
  return { user: verified.user, credential: null, by: verified.by, ...scopes };
};

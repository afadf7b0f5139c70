import { isOAuthRefusal, refuseOAuth } from '../refusal.ts';
import { askedScopes } from './client-credentials.ts';
import type { Grant } from './grant.ts';

const NOT_GOOD = refuseOAuth('invalid_grant', 'the auth token is not good for a token');

/** Our own grant: an auth token, which its Credential makes good for so many access tokens, and no client. */
export const authToken: Grant = async ({ config, deps }, form, client) => {
  const shown = form.get('auth_token');
  if (client.kind !== 'public') return refuseOAuth('invalid_request', 'an auth token is shown without a client');
  if (shown === undefined) return refuseOAuth('invalid_request', 'auth_token is missing');
  // A mistake in the request does not use it up.
  const holder = await deps.authTokens.look(shown, config.directory);
  if (holder === null) return NOT_GOOD;
  const scopes = askedScopes(form, holder.credential.spec.scopes);
  if (isOAuthRefusal(scopes)) return scopes;
  const used = await deps.authTokens.use(shown, config.directory);
  return used === null ? NOT_GOOD : { ...used, by: { type: 'CREDENTIAL' }, ...scopes };
};

import type { OAuthForm } from '../form.ts';
import { isOAuthRefusal, refuseOAuth } from '../refusal.ts';
import { areWithin, parseScopes } from '../scopes.ts';
import type { Grant } from './grant.ts';

/** RFC 6749 4.4: a client asks for itself. */
export const clientCredentials: Grant = async (_visit, form, client) => {
  if (client.kind === 'public') return refuseOAuth('invalid_client', 'the client must authenticate itself');
  const credential = client.kind === 'credential' ? client.credential : null;
  const scopes = askedScopes(form, credential?.spec.scopes);
  if (isOAuthRefusal(scopes)) return scopes;
  const by = client.kind === 'workload' ? client.by : ({ type: 'CREDENTIAL' } as const);
  return { user: client.user, credential, by, ...scopes };
};

/** The scopes that a token is narrowed to. @param allowed what it would have without */
export function askedScopes(form: OAuthForm, allowed: readonly string[] | undefined) {
  const text = form.get('scope');
  if (text === undefined) return {};
  const scopes = parseScopes(text);
  if (scopes === null) return refuseOAuth('invalid_scope', 'a scope is unknown');
  if (!areWithin(scopes, allowed)) return refuseOAuth('invalid_scope', 'a scope is wider than what is allowed');
  return { scopes };
}

import { SCIM_SCOPE } from '../../identity/scim/access.ts';
import { scopesOf } from '../../policies/scopes.ts';
import { didYouMean } from '../base/suggest.ts';

/**
 * Scopes that neither a Service nor SCIM accepts: a token gets nowhere with them. The Service may be there later.
 *
 * @param services canonical names
 */
export function scopeWarnings(scopes: readonly string[], services: readonly string[]): string[] {
  const accepted = new Set(['service:*', SCIM_SCOPE, ...services.flatMap((name) => [...scopesOf(name)])]);
  return scopes
    .filter((scope) => !accepted.has(scope))
    .map((scope) => {
      const suggestion = didYouMean(scope, accepted);
      return `no Service accepts the scope "${scope}"${suggestion === null ? '' : ` (${suggestion})`}`;
    });
}

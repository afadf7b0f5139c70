import type { Exchange } from '../gateway/exchange.ts';
import type { Branding, User } from '../model/index.ts';
import type { SignedInAs } from '../web/page.ts';

export function signedInAs({ principal }: Exchange): SignedInAs | null {
  return principal === null || principal.user === null ? null : nameOf(principal.user);
}

export function nameOf({ metadata, spec }: User): SignedInAs {
  return { name: metadata.name, displayName: metadata.displayName ?? null, email: spec.email ?? null };
}

/** The auth host on the listener that this request came to. */
export function portalUrl({ request, snapshot }: Exchange): string {
  const port = request.authority.slice(request.authority.lastIndexOf(']') + 1).match(/:\d+$/)?.[0] ?? '';
  return `${request.scheme}://${snapshot.domain}${port}/`;
}

/** How the operator wants pages to look. */
export function brandingOf({ snapshot }: Exchange): { readonly branding?: Branding } {
  const { branding } = snapshot.clusterConfig.spec;
  return branding === undefined ? {} : { branding };
}

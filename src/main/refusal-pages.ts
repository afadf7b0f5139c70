import { secondFactorUrl, signInUrl, switchAccountPath } from '../../identity/sign-in/refused-navigation.ts';
import type { RefusalDeps } from '../downstream/refusals.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import { REASONS } from '../gateway/reasons.ts';
import type { User } from '../model/index.ts';
import type { SignedInAs } from '../web/page.ts';
import { insecureOriginPage } from '../web/pages/insecure-origin.ts';
import { refusedPage } from '../web/pages/refused.ts';
import { pageResponse } from '../web/respond.ts';

/** How refusals look to people: the pages of `web/` filled with what the exchange knows. */
export const refusalPages: RefusalDeps = {
  pages: { refused: (x, refusal) => pageResponse(REASONS[refusal.reason].status, markup(x, refusal)) },
  signInUrl: (x) => {
    const redirect = signInUrl(x.request, x.snapshot.domain);
    return redirect === null ? refuse('insecure-origin') : { kind: 'sign-in', ...redirect };
  },
  secondFactorUrl: (x) => {
    const redirect = secondFactorUrl(x.request, x.snapshot.domain);
    return redirect === null ? refuse('insecure-origin') : { kind: 'sign-in', ...redirect };
  },
};

function markup(x: Exchange, { reason }: Refusal) {
  const { request, snapshot } = x;
  if (reason === 'insecure-origin') {
    const secureUrl = `https://${request.host}${request.path}`;
    return insecureOriginPage({ domain: snapshot.domain, host: request.host, requestId: x.id, secureUrl });
  }
  return refusedPage({
    domain: snapshot.domain,
    reason,
    requestId: x.id,
    host: request.authority,
    service: x.service === null ? null : (x.service.resource.metadata.displayName ?? x.service.name),
    signedInAs: signedInAs(x),
    switchAccountUrl: switchAccountPath(request, snapshot.domain),
    portalUrl: portalUrl(x),
  });
}

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

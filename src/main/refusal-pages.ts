import { secondFactorUrl, signInUrl, switchAccountPath } from '../../identity/sign-in/refused-navigation.ts';
import { isFramed } from '../../identity/site/framed.ts';
import { mayBeOpenedAgain } from '../downstream/navigation.ts';
import type { RefusalDeps } from '../downstream/refusals.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import { REASONS } from '../gateway/reasons.ts';
import type { Html } from '../web/html.ts';
import { framedPage } from '../web/pages/framed.ts';
import { insecureOriginPage } from '../web/pages/insecure-origin.ts';
import { refusedPage } from '../web/pages/refused.ts';
import { sessionStatePage } from '../web/pages/session-state.ts';
import { pageResponse } from '../web/respond.ts';
import { accessOffer } from './access-pages.ts';
import { brandingOf, portalUrl, signedInAs } from './page-facts.ts';

/** How refusals look to people: the pages of `web/` filled with what the exchange knows. */
export const refusalPages: RefusalDeps = {
  pages: {
    refused: (x, refusal) => {
      const inFrame = isFramed(x.request);
      const page = inFrame ? framed(x) : markup(x, refusal);
      return pageResponse(REASONS[refusal.reason].status, page, { isFramed: inFrame, ...brandingOf(x) });
    },
  },
  signInUrl: (x) => {
    const redirect = signInUrl(x.request, x.snapshot.domain);
    return redirect === null ? refuse('insecure-origin') : { kind: 'sign-in', ...redirect };
  },
  secondFactorUrl: (x) => {
    const redirect = secondFactorUrl(x.request, x.snapshot.domain);
    return redirect === null ? refuse('insecure-origin') : { kind: 'sign-in', ...redirect };
  },
};

function framed({ request, snapshot }: Exchange) {
  return framedPage({ domain: snapshot.domain, host: request.host, url: addressOf(request) });
}

function markup(x: Exchange, refusal: Refusal) {
  const { reason } = refusal;
  const { request, snapshot } = x;
  if (reason === 'insecure-origin') {
    const secureUrl = `https://${request.host}${request.path}`;
    return insecureOriginPage({ domain: snapshot.domain, host: request.host, requestId: x.id, secureUrl });
  }
  const waiting = reason === 'session-not-active' ? sessionState(x) : null;
  if (waiting !== null) return waiting;
  return refusedPage({
    domain: snapshot.domain,
    reason,
    requestId: x.id,
    host: request.authority,
    service: x.service === null ? null : (x.service.resource.metadata.displayName ?? x.service.name),
    signedInAs: signedInAs(x),
    switchAccountUrl: switchAccountPath(request, snapshot.domain),
    portalUrl: portalUrl(x),
    access: accessOffer(x, refusal),
  });
}

/** `null`: the session is active, and something else of it is not. */
function sessionState(x: Exchange): Html | null {
  const { request, snapshot } = x;
  const session = x.principal?.session ?? null;
  if (session === null || session.spec.state === 'ACTIVE') return null;
  return sessionStatePage({
    domain: snapshot.domain,
    state: session.spec.state,
    session: session.metadata.name,
    host: request.authority,
    requestId: x.id,
    signedInAs: signedInAs(x),
    againUrl: mayBeOpenedAgain(request) ? addressOf(request) : null,
    switchAccountUrl: switchAccountPath(request, snapshot.domain),
  });
}

function addressOf({ scheme, authority, path, query }: Exchange['request']): string {
  return `${scheme}://${authority}${path}${query === '' ? '' : `?${query}`}`;
}

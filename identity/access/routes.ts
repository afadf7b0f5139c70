import type { SignInDeps, Visit } from '../sign-in/visit.ts';
import type { SiteHandler, SiteRoute } from '../site/route.ts';
import type { AccessRequests } from './access-requests.ts';
import { ASK_ACCESS_PATH, REVIEW_ACCESS_PATH } from './addresses.ts';
import { ask, askForm } from './ask.ts';
import { decide, review } from './review.ts';

export interface AccessVisit extends Visit {
  readonly access: AccessRequests;
}

const DECISION = /^\/\.ostiary\/access-requests\/([0-9a-f]{24})\/(approve|refuse|revoke)$/;

/** The addresses of asking for access and of deciding about it. */
export function accessRoutes(deps: SignInDeps, access: AccessRequests): readonly SiteRoute[] {
  const to =
    (handler: (visit: AccessVisit, captured: readonly string[]) => ReturnType<SiteHandler>): SiteHandler =>
    (visit, captured) =>
      handler({ ...visit, deps, access }, captured);
  return [
    { on: 'auth-host', path: ASK_ACCESS_PATH, methods: { GET: to(askForm), POST: to(ask) } },
    { on: 'auth-host', path: REVIEW_ACCESS_PATH, methods: { GET: to(review) } },
    { on: 'auth-host', path: DECISION, methods: { POST: to(decide) } },
  ];
}

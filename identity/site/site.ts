import { messageOf } from '../../src/base/errors.ts';
import { mayCarrySession } from '../local-names.ts';
import { refused, type SiteAnswer } from './answer.ts';
import { type FoundRoute, type SiteRoute, SiteRoutes } from './route.ts';
import type { SiteConfig, SiteRequest, SiteVisit } from './visit.ts';

/** Answers our own addresses; `null` for those that are not among them. */
export type Site = (request: SiteRequest, config: SiteConfig) => Promise<SiteAnswer | null>;

export function createSite(routes: readonly SiteRoute[]): Site {
  const known = new SiteRoutes(routes);
  return async (request, config) => {
    const found = known.find(request.host === config.domain ? 'auth-host' : 'service-hosts', request.path);
    return found === null ? null : answer({ request, config }, found);
  };
}

async function answer(visit: SiteVisit, { route, captured }: FoundRoute): Promise<SiteAnswer> {
  const { method } = visit.request;
  const { methods } = route;
  if (!Object.hasOwn(methods, method)) return refused('method-refused', `${method} is not served here`);
  if (!mayCarrySession(visit.request, visit.config.domain)) return refused('insecure-origin');
  try {
    return await methods[method]!(visit, captured);
  } catch (thrown) {
    return refused('identity-unavailable', messageOf(thrown));
  }
}

import { originOf } from './origin.ts';
import type { SiteRequest } from './visit.ts';

/**
 * Whether a form was posted from a page of this very origin. Browsers that send `Sec-Fetch-Site` say it most exactly: their `Origin` is `null` under a strict referrer policy.
 */
export function isFromOwnPage(request: Pick<SiteRequest, 'scheme' | 'authority' | 'headers'>): boolean {
  const [site, anotherSite] = request.headers.all('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' && anotherSite === undefined;
  const [origin, anotherOrigin] = request.headers.all('origin');
  return origin === originOf(request) && anotherOrigin === undefined;
}

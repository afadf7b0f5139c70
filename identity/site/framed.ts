import type { SignInTarget } from '../ports.ts';
import { type SiteAnswer, showPage } from './answer.ts';
import { originOn } from './origin.ts';
import type { SiteRequest } from './visit.ts';

/** Fetch Metadata, `Sec-Fetch-Dest`. */
const FRAMES: ReadonlySet<string> = new Set(['iframe', 'frame', 'embed', 'object', 'fencedframe']);

/**
 * Whether a browser wants the answer inside another page. Nobody signs in there: other sites get none of our cookies,
 * and a page that takes a decision must not be laid under somebody else's.
 */
export function isFramed({ headers }: Pick<SiteRequest, 'headers'>): boolean {
  return FRAMES.has(headers.get('sec-fetch-dest') ?? '');
}

/** Instead of a page of ours on the way to this target. */
export function showFramed(request: SiteRequest, { host, path }: SignInTarget): SiteAnswer {
  return showPage({ name: 'framed', host, url: `${originOn(request, host)}${path}` });
}

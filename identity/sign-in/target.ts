import { ACCOUNT_PATH, OWN_PATH_PREFIX } from '../../src/base/own-names.ts';
import { isAccessPath } from '../access/addresses.ts';
import { isKeptFormPath } from '../kept-forms/addresses.ts';
import { type Here, originOf, portOf } from '../site/origin.ts';

/** A place on one of our hosts. */
export interface Place {
  readonly host: string;
  /** Path with query; begins with exactly one slash. */
  readonly path: string;
}

/** A sign-in under way travels in one cookie, of which browsers keep 4096 bytes. */
const MOST_LENGTH = 2048;

/**
 * The place that a `to` parameter names, or `null` when it is not one of ours (CWE-601). It is parsed as browsers
 * parse it, and what programs read differently (control characters, white space, backslashes, userinfo, a second
 * slash) is refused rather than interpreted.
 */
export function parseTarget(to: string, here: Here, isOurs: (host: string) => boolean): Place | null {
  if (to.length > MOST_LENGTH || /[\x00-\x20\x7f\\]/.test(to) || !to.startsWith(`${here.scheme}://`)) return null;
  const url = URL.parse(to);
  if (url === null || hasUserinfo(to) || portOf(url.host) !== portOf(here.authority)) return null;
  if (url.pathname.startsWith('//') || !isOurs(url.hostname)) return null;
  const path = pathOf(url);
  return path.length > MOST_LENGTH ? null : { host: url.hostname, path };
}

/** The same for a path of this host. */
export function parseLocalTarget(path: string, here: Here, host: string): Place | null {
  return path.startsWith('/') ? parseTarget(`${originOf(here)}${path}`, here, (named) => named === host) : null;
}

/** Nobody wants to come back to the middle of a sign-in or to a sign-out; some of our pages are waited for. */
function pathOf(url: URL): string {
  if (url.pathname === ACCOUNT_PATH) return ACCOUNT_PATH;
  const path = `${url.pathname}${url.search}`;
  const isWaitedFor = isKeptFormPath(path) || isAccessPath(path);
  return url.pathname.startsWith(OWN_PATH_PREFIX) && !isWaitedFor ? '/' : path;
}

/** Looks at the text: an empty userinfo leaves no trace in a parsed URL. */
function hasUserinfo(to: string): boolean {
  const authority = to.slice(to.indexOf('://') + 3).split(/[/?#]/, 1)[0]!;
  return authority.includes('@');
}

import type { RequestHead } from '../../gateway/exchange.ts';

/** Where a redirect leads to, in pieces that path and query of a request can be put between. */
export interface Target {
  /** Empty: the origin of the request. */
  readonly origin: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** With its mark. */
  readonly fragment: string;
}

/** What stands for the origin of the request while a path is read. */
const OWN_ORIGIN = 'http://own.invalid';

/**
 * Reads a path or an http URL as browsers do, so that nothing is sent that they would read otherwise. `null` for what
 * leads nowhere, and for user information, which only deceives.
 */
export function readTarget(text: string): Target | null {
  const url = text.startsWith('/') ? URL.parse(text, OWN_ORIGIN) : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const isOwn = text.startsWith('/') && url.origin === OWN_ORIGIN;
  // "//" and "/\" begin another host to browsers, also once dot segments are gone.
  if (text.startsWith('/') && (!isOwn || url.pathname.startsWith('//'))) return null;
  return { origin: isOwn ? '' : url.origin, path: url.pathname, query: url.search.slice(1), fragment: url.hash };
}

/** The Location (RFC 9110 10.2.2), with what is kept of the request. Canonical paths begin with one slash. */
export function locationOf(target: Target, { path, query }: RequestHead, keep: { path: boolean; query: boolean }) {
  const { origin, fragment } = target;
  const whole = keep.path ? `${target.path.replace(/\/$/, '')}${path}` : target.path;
  const queries = [target.query, ...(keep.query ? [query] : [])].filter((one) => one !== '');
  return `${origin}${whole}${queries.length === 0 ? '' : `?${queries.join('&')}`}${fragment}`;
}

/** Whether it stays where the request was sent to; going over to HTTPS does. */
export function isOwn({ origin }: Target, { scheme, authority, host }: RequestHead): boolean {
  return origin === '' || origin === `${scheme}://${authority}` || origin === `https://${host}`;
}

import { showJson } from '../site/answer.ts';
import type { SiteHandler, SiteRoute } from '../site/route.ts';

export const KEY_SET_PATH = '/.well-known/jwks.json';

/** Far shorter than a new key is published before it signs, in seconds. */
const MOST_AGE = 300;

/** The public keys that verify what this gateway signs (RFC 7517 5). */
export function keySetRoutes(keys: () => readonly object[]): readonly SiteRoute[] {
  const show: SiteHandler = async () => showJson({ keys: keys() }, [['cache-control', `public, max-age=${MOST_AGE}`]]);
  return [{ on: 'auth-host', path: KEY_SET_PATH, methods: { GET: show, HEAD: show } }];
}

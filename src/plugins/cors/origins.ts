import type { Exchange } from '../../gateway/exchange.ts';
import type { CorsRules } from './schema.ts';

/** What pages of an origin may do; `null`: nothing. */
export type Permission = 'read' | 'read with credentials' | null;

export type Origins = (x: Exchange, origin: string) => Permission;

/** The Service's own origin is no other one: browsers send it along all the same. */
export function compileOrigins(rules: CorsRules): Origins {
  const listed = new Set((rules.allowOriginStringMatch ?? []).map((one) => (one === '*' ? one : normal(one))));
  const ofListed: Permission = rules.allowCredentials === true ? 'read with credentials' : 'read';
  return (x, sent) => {
    const origin = normal(sent);
    if (origin === null) return listed.has('*') ? ofListed : null;
    if (origin === `${x.request.scheme}://${x.request.authority}`) return 'read with credentials';
    if (rules.allowClusterServices === true && isOfDomain(x, origin)) return 'read with credentials';
    return listed.has(origin) || listed.has('*') ? ofListed : null;
  };
}

/** Over the same scheme: who can change cleartext traffic is not let in by a page over HTTPS. */
function isOfDomain({ request, snapshot }: Exchange, origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return (
    protocol === `${request.scheme}:` && (hostname === snapshot.domain || hostname.endsWith(`.${snapshot.domain}`))
  );
}

/** As browsers send it: lower case, without the port that the scheme has anyway; `null` for what is no origin, as `null` is. */
export function normal(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin, pathname, search, hash, username, password } = new URL(text);
  const isBare = pathname === '/' && `${search}${hash}${username}${password}` === '' && !text.endsWith('/');
  return isBare && origin !== 'null' ? origin : null;
}

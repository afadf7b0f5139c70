import { HeaderList } from '../../base/header-list.ts';
import { isOwnCookie, showsOwnToken, TOKEN_HEADER } from '../../base/own-names.ts';
import type { Exchange, OutgoingRequest } from '../exchange.ts';
import { isForwardingField, setForwardedFields } from '../forwarded.ts';
import type { HiddenPlaces } from '../plugin.ts';
import { withoutParameters } from '../query.ts';
import type { Step } from '../step.ts';

/**
 * Makes the outgoing request from the canonical one. Whatever the client showed us as proof is gone from it; only
 * then do plugins and credentials add theirs ("scrub, then inject").
 */
export const prepare: Step = (x) => {
  const { method, path, query, upgrade } = x.request;
  x.outgoing = { method, path, query, authority: null, headers: scrubbed(x), body: x.body, upgrade, sign: null };
  hideCredentials(x.outgoing, x.service!.chain.credentials);
  hideCredentials(x.outgoing, x.config!.chain.credentials);
  return null;
};

function hideCredentials(outgoing: OutgoingRequest, places: HiddenPlaces | null): void {
  if (places === null) return;
  const { headers, parameters } = places;
  for (const [name] of [...outgoing.headers]) if (headers.has(name)) outgoing.headers.delete(name);
  if (parameters.length > 0) outgoing.query = withoutParameters(outgoing.query, parameters);
}

function scrubbed(x: Exchange): HeaderList {
  const from = x.request.headers.flat;
  const to: string[] = [];
  for (let i = 0; i < from.length; i += 2) {
    const name = from[i] as string;
    const value = passedValue(x, name, from[i + 1] as string);
    if (value !== null) to.push(name, value);
  }
  const headers = new HeaderList(to);
  headers.set('x-request-id', x.id);
  setForwardedFields(x, headers);
  return headers;
}

/** What the upstream may see of a field, `null` for nothing. */
function passedValue(x: Exchange, name: string, value: string): string | null {
  switch (name) {
    case 'host':
    case 'content-length':
    case TOKEN_HEADER:
      return null;
    case 'authorization':
      return mayPassAuthorization(x, value) ? value : null;
    case 'dpop':
      return mayPassProof(x) ? value : null;
    case 'cookie':
      return foreignCookies(value);
    default:
      return isForwardingField(name) ? null : value;
  }
}

/** A token of ours is for us, also on an anonymous Service, whose upstream could use it elsewhere. */
function mayPassAuthorization(x: Exchange, value: string): boolean {
  return x.config!.authorizationMode === 'pass' && !x.authorizationConsumed && !showsOwnToken(value);
}

/** A proof goes where the token beside it goes (RFC 9449 7.1). One that was for us was for nobody else. */
function mayPassProof(x: Exchange): boolean {
  const { headers } = x.request;
  const isForUs = x.principal?.session?.status.confirmation?.jkt !== undefined || headers.has(TOKEN_HEADER);
  const authorization = headers.get('authorization');
  return !isForUs && (authorization === null || mayPassAuthorization(x, authorization));
}

/** The cookie pairs that are not ours; `null` when none is left. */
function foreignCookies(value: string): string | null {
  if (!value.includes('ostiary-')) return value;
  const pairs = value.split(';').filter((pair) => !isOwnCookie(cookieName(pair)));
  return pairs.length === 0 ? null : pairs.map((pair) => pair.trim()).join('; ');
}

/** Trimmed of what upstreams commonly trim, so that a padded spelling of our names is not passed either. */
function cookieName(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals < 0 ? pair : pair.slice(0, equals)).trim();
}

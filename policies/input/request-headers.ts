import type { HeaderList } from '../../src/base/header-list.ts';
import { isOwnCookie, TOKEN_HEADER } from '../../src/base/own-names.ts';
import { FullMap, type MapValue } from '../values/map.ts';
import type { Pair } from './request.ts';
import { addTo, singles } from './singles.ts';

/** Credentials that the client showed: conditions see who somebody is, never what proves it. */
const HIDDEN: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', TOKEN_HEADER, 'cookie']);

/** Header fields by their lower-case name; the Cookie field without our own cookies. */
export function headerMaps(headers: HeaderList): Pair {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) if (!HIDDEN.has(name)) addTo(all, name, value);
  const cookie = visibleCookies(headers).join('; ');
  if (cookie !== '') all.set('cookie', [cookie]);
  const repair = 'use headersAll, which gives a list';
  return {
    single: singles(all, (name) => `the header "${name}" was sent more than once: ${repair}`),
    all: FullMap.of(all),
  };
}

/** Cookies by name, without our own. */
export function cookieMap(headers: HeaderList): MapValue {
  const all = new Map<string, string[]>();
  for (const pair of visibleCookies(headers)) addTo(all, cookieName(pair), cookieValue(pair));
  return singles(all, (name) => `the cookie "${name}" was sent more than once`);
}

/** HTTP/2 may split the field into crumbs, which are one field to everyone else (RFC 9113, 8.2.3). */
function visibleCookies(headers: HeaderList): string[] {
  const pairs = headers.all('cookie').flatMap((field) => field.split(';'));
  return pairs.map((pair) => pair.trim()).filter((pair) => pair !== '' && !isOwnCookie(cookieName(pair)));
}

function cookieName(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? pair : pair.slice(0, equals).trim();
}

function cookieValue(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : pair.slice(equals + 1).trim();
}

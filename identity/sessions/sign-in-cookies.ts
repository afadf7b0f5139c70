import type { HeaderList } from '../../src/base/header-list.ts';
import { type Cookie, findCookies } from './cookie-header.ts';
import { cookiePrefix, type Scheme, setCookie } from './cookies.ts';

/** More than a browser is ever given; the rest is not looked at. */
const MOST_READ = 40;

/** One cookie of the auth host for each sign-in under way, so that tabs do not overwrite each other's. */
export function signInCookieName(scheme: Scheme, stateHash: string): string {
  return `${prefix(scheme)}${stateHash.slice(0, 8)}`;
}

export function readSignInCookies(headers: HeaderList, scheme: Scheme): Cookie[] {
  const start = prefix(scheme);
  return findCookies(headers, (name) => name.startsWith(start), MOST_READ);
}

/** Kept for twice its time, so that one who comes too late is told so. */
export function setSignInCookie(scheme: Scheme, name: string, value: string, lifetimeMs: number): string {
  return setCookie(scheme, name, value, (2 * lifetimeMs) / 1000);
}

export function expireSignInCookie(scheme: Scheme, name: string): string {
  return setCookie(scheme, name, '', 0);
}

function prefix(scheme: Scheme): string {
  return `${cookiePrefix(scheme)}ostiary-sign-in-`;
}

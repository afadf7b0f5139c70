import { randomInt } from 'node:crypto';
import type { HeaderList } from '../../src/base/header-list.ts';
import { newHandle, newNameSuffix } from '../../src/base/ids.ts';
import { type Cookie, findCookies } from './cookie-header.ts';

export type Scheme = 'http' | 'https';

/**
 * Browsers accept `__Host-` names only when they are Secure, host-only and for the path `/`, so no other host can
 * plant one. Plain HTTP is served on localhost names alone, and there the prefix is not to be had.
 */
const PREFIX: Record<Scheme, string> = { https: '__Host-', http: '' };
const ATTRIBUTES: Record<Scheme, string> = {
  https: 'Path=/; Secure; HttpOnly; SameSite=Lax',
  http: 'Path=/; HttpOnly; SameSite=Lax',
};

export function cookiePrefix(scheme: Scheme): string {
  return PREFIX[scheme];
}

/** Longer than a sign-in takes, shorter than anybody would want to replay one. In seconds. */
const BINDING_MAX_AGE = 20 * 60;
/** Each sign-in that begins gets a binding of its own. Beyond this number one takes the place of another. */
const MOST_BINDINGS = 16;
/** Tabs that begin at once do not see each other's; more than these are not looked at. */
const MOST_READ = 32;
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

const SESSION_NAME: Record<Scheme, string> = {
  https: `${PREFIX.https}ostiary-session`,
  http: `${PREFIX.http}ostiary-session`,
};
const isSessionName: Record<Scheme, (name: string) => boolean> = {
  https: (name) => name === SESSION_NAME.https,
  http: (name) => name === SESSION_NAME.http,
};
const isBindingName: Record<Scheme, (name: string) => boolean> = {
  https: (name) => name.startsWith('__Host-ostiary-binding-'),
  http: (name) => name.startsWith('ostiary-binding-'),
};

/** Whether the text has the shape of a handle that we give out: 256 bits in base64url. */
export function isHandle(text: string): boolean {
  return HANDLE.test(text);
}

/** The session handle that a browser shows; `repeated` when it shows several, because then none is to be believed. */
export function readSessionCookie(headers: HeaderList, scheme: Scheme): string | 'repeated' | null {
  const [first, another] = findCookies(headers, isSessionName[scheme], 2);
  if (first === undefined) return null;
  return another === undefined ? first.value : 'repeated';
}

export function setSessionCookie(scheme: Scheme, handle: string, lifetimeMs: number): string {
  return setCookie(scheme, SESSION_NAME[scheme], handle, Math.floor(lifetimeMs / 1000));
}

export function expireSessionCookie(scheme: Scheme): string {
  return setCookie(scheme, SESSION_NAME[scheme], '', 0);
}

/**
 * The values that tie a sign-in to this browser on this host. Each has a name of its own, so that two tabs that
 * begin at the same moment do not overwrite each other's.
 */
export function readBindings(headers: HeaderList, scheme: Scheme): string[] {
  return findBindings(headers, scheme).map((cookie) => cookie.value);
}

export interface Binding {
  readonly value: string;
  readonly setCookie: string;
}

/** Always a new value: one that the browser shows may have been planted by a script of the upstream. */
export function newBinding(headers: HeaderList, scheme: Scheme): Binding {
  const known = findBindings(headers, scheme);
  const replaced = known.length < MOST_BINDINGS ? undefined : known[randomInt(known.length)];
  const name = replaced?.name ?? `${PREFIX[scheme]}ostiary-binding-${newNameSuffix()}`;
  const value = newHandle();
  return { value, setCookie: setCookie(scheme, name, value, BINDING_MAX_AGE) };
}

function findBindings(headers: HeaderList, scheme: Scheme): Cookie[] {
  return findCookies(headers, isBindingName[scheme], MOST_READ).filter((cookie) => isHandle(cookie.value));
}

/** @param maxAge in seconds; 0 removes the cookie */
export function setCookie(scheme: Scheme, name: string, value: string, maxAge: number): string {
  return `${name}=${value}; Max-Age=${maxAge}; ${ATTRIBUTES[scheme]}`;
}

import type { HeaderList } from '../../src/base/header-list.ts';
import { findCookies } from './cookie-header.ts';
import { cookiePrefix, type Scheme, setCookie } from './cookies.ts';

/** Half a year, in seconds. */
const MAX_AGE = 182 * 86_400;

/** Keeps which provider this browser signed in at, on the auth host. It is a wish, not a proof of anything. */
export function rememberProvider(scheme: Scheme, provider: string): string {
  return setCookie(scheme, nameFor(scheme), provider, MAX_AGE);
}

export function forgetProvider(scheme: Scheme): string {
  return setCookie(scheme, nameFor(scheme), '', 0);
}

/** `null` when there is none, or several. */
export function rememberedProvider(headers: HeaderList, scheme: Scheme): string | null {
  const name = nameFor(scheme);
  const [first, another] = findCookies(headers, (one) => one === name, 2);
  return first === undefined || another !== undefined ? null : first.value;
}

function nameFor(scheme: Scheme): string {
  return `${cookiePrefix(scheme)}ostiary-provider`;
}

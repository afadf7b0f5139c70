import type { HeaderList } from '../../src/base/header-list.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { mayCarrySession } from '../local-names.ts';
import type { SignInTarget } from '../ports.ts';
import { type Binding, newBinding } from '../sessions/cookies.ts';
import { type Here, originOn } from '../site/origin.ts';
import { authSignInPath, type SignInParameters, secondFactorPath, serviceSignInPath } from './addresses.ts';
import { parseLocalTarget } from './target.ts';

/** A navigation that needs somebody signed in; the head of the exchange fits. */
export interface RefusedNavigation extends Here {
  readonly host: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: HeaderList;
}

/** Whose browser is tied to its host. */
type Bound = Pick<RefusedNavigation, 'scheme' | 'authority' | 'host' | 'headers'>;

export interface SignInRedirect {
  readonly location: string;
  /** Ties the sign-in to this browser on this host; `null` on the auth host, which sets its own. */
  readonly setCookie: string | null;
}

/**
 * Where to send a browser that must sign in, so that it comes back to the page it asked for; `null` when nobody may
 * sign in here, because the session would travel over plain HTTP (reason `insecure-origin`).
 */
export function signInUrl(request: RefusedNavigation, domain: string): SignInRedirect | null {
  return mayCarrySession(request, domain) ? signInRedirect(request, domain, pathAskedFor(request)) : null;
}

/** The same for a browser whose person must show a second factor. */
export function secondFactorUrl(request: RefusedNavigation, domain: string): SignInRedirect | null {
  return mayCarrySession(request, domain) ? secondFactorRedirect(request, domain, pathAskedFor(request)) : null;
}

/** @param path that `parseLocalTarget` gave, or `/` */
export function secondFactorRedirect(request: Bound, domain: string, path: string): SignInRedirect {
  const binding = request.host === domain ? null : newBinding(request.headers, request.scheme);
  const target = targetOf(request.host, path, binding);
  const location = `${originOn(request, domain)}${secondFactorPath(request, target)}`;
  return { location, setCookie: binding?.setCookie ?? null };
}

/** Path on this host, for a link, that signs in as somebody else and comes back; `null` as in `signInUrl`. */
export function switchAccountPath(request: RefusedNavigation, domain: string): string | null {
  if (!mayCarrySession(request, domain)) return null;
  const path = pathAskedFor(request);
  if (request.host !== domain) return serviceSignInPath(path, { switching: true });
  return authSignInPath(request, targetOf(domain, path, null), { switching: true });
}

function pathAskedFor(request: RefusedNavigation): string {
  const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
  return parseLocalTarget(path, request, request.host)?.path ?? '/';
}

/** @param path that `parseLocalTarget` gave, or `/` */
export function signInRedirect(
  request: Bound,
  domain: string,
  path: string,
  parameters: SignInParameters = {},
): SignInRedirect {
  const binding = request.host === domain ? null : newBinding(request.headers, request.scheme);
  const target = targetOf(request.host, path, binding);
  const location = `${originOn(request, domain)}${authSignInPath(request, target, parameters)}`;
  return { location, setCookie: binding?.setCookie ?? null };
}

function targetOf(host: string, path: string, binding: Binding | null): SignInTarget {
  return { host, path, bindingHash: binding === null ? null : hashHandle(binding.value) };
}

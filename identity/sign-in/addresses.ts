import { OWN_PATH_PREFIX } from '../../src/base/own-names.ts';
import type { SignInTarget } from '../ports.ts';
import { type Here, originOn } from '../site/origin.ts';

export const SIGN_IN_PATH = `${OWN_PATH_PREFIX}sign-in`;
/** Finds the provider of an e-mail address. */
export const PROVIDER_PATH = `${SIGN_IN_PATH}/provider`;
export const CALLBACK_PATH = `${OWN_PATH_PREFIX}callback`;
export const SECOND_FACTOR_PATH = `${OWN_PATH_PREFIX}second-factor`;
export const SIGN_OUT_PATH = `${OWN_PATH_PREFIX}sign-out`;
export const SIGNED_OUT_PATH = `${OWN_PATH_PREFIX}signed-out`;

export interface SignInParameters {
  /** Name of the provider when the user has chosen. */
  readonly provider?: string;
  /** Ask the provider who it is, whatever session there is. */
  readonly switching?: boolean;
}

/** Path on the auth host that signs somebody in for this target. */
export function authSignInPath(here: Here, target: SignInTarget, parameters: SignInParameters = {}): string {
  return onAuthHost(SIGN_IN_PATH, here, target, parameters);
}

/** Path on the auth host for the e-mail address of somebody who signs in for this target. */
export function authProviderPath(here: Here, target: SignInTarget, parameters: SignInParameters): string {
  return onAuthHost(PROVIDER_PATH, here, target, parameters);
}

function onAuthHost(path: string, here: Here, target: SignInTarget, parameters: SignInParameters): string {
  const query = new URLSearchParams({ to: `${originOn(here, target.host)}${target.path}` });
  if (target.bindingHash !== null) query.set('binding', target.bindingHash);
  return finish(path, query, parameters);
}

/** Path on the auth host that asks for a second factor, and leads to this target. */
export function secondFactorPath(here: Here, target: SignInTarget, path = SECOND_FACTOR_PATH): string {
  const query = new URLSearchParams({ to: `${originOn(here, target.host)}${target.path}` });
  if (target.bindingHash !== null) query.set('binding', target.bindingHash);
  return `${path}?${query}`;
}

/** Path on a Service host that begins to sign somebody in for a path of that host. */
export function serviceSignInPath(path: string, parameters: SignInParameters = {}): string {
  return finish(SIGN_IN_PATH, new URLSearchParams({ to: path }), parameters);
}

function finish(path: string, query: URLSearchParams, { provider, switching }: SignInParameters): string {
  if (provider !== undefined) query.set('provider', provider);
  if (switching === true) query.set('switch', '1');
  return `${path}?${query}`;
}

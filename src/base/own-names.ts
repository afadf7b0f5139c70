/** Names on the wire that belong to the gateway: nobody else may set, see or forward them. */

/** Every path below it is ours, on every host. */
export const OWN_PATH_PREFIX = '/.ostiary/';

/** On the auth host: a person's own sessions and second factors. */
export const ACCOUNT_PATH = `${OWN_PATH_PREFIX}account`;

/** Carries one of our access tokens; looked at first, never forwarded. */
export const TOKEN_HEADER = 'x-ostiary-auth';

/** Carries a debug token; taken off before anything else sees the request. */
export const DEBUG_HEADER = 'x-ostiary-debug';

/** Every token of ours begins with it, so that secret scanners and we ourselves know one anywhere. */
export const TOKEN_PREFIX = 'ost_';

/** Over HTTPS the names begin with `__Host-`, which browsers hold to: Secure, host-only, path `/`. */
const COOKIE_PREFIXES = ['__Host-ostiary-', 'ostiary-'] as const;

/** Cookie names are compared byte for byte (RFC 6265bis 5.7), so no case folding and no trimming here. */
export function isOwnCookie(name: string): boolean {
  return COOKIE_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Where a token begins: tokens of others are random text, in which the prefix may come by chance. */
const OWN_TOKEN = new RegExp(`(?<![A-Za-z0-9_-])${TOKEN_PREFIX}`);
const OWN_TOKENS = new RegExp(`${TOKEN_PREFIX}[A-Za-z0-9_-]+`, 'g');

/** With a mark in the place of each: a secret that stands where a name belongs must not get into the log. */
export function withoutOwnTokens(text: string): string {
  return text.replace(OWN_TOKENS, `${TOKEN_PREFIX}…`);
}

/** Whether an `Authorization` value shows one of our tokens, whatever for: no upstream is to see it. */
export function showsOwnToken(authorization: string): boolean {
  return OWN_TOKEN.test(authorization);
}

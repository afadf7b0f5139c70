/** What a provider states about somebody. */
export type Claims = Readonly<Record<string, unknown>>;

export function ownClaim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** `null` for what is no text, and for an empty one. */
export function textClaim(claims: Claims, name: string): string | null {
  const value = ownClaim(claims, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Claims that say whose the ID token is and how long it lasts; the UserInfo endpoint cannot change them. */
const OF_THE_TOKEN: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'auth_time', 'acr', 'amr', 'sid'],
  ...['at_hash', 'c_hash', 's_hash', 'cnf', 'events'],
]);

/** An address and the statement that it is verified belong together: they come from one place. */
const OF_THE_ADDRESS: ReadonlySet<string> = new Set(['email', 'email_verified']);

/** What the UserInfo endpoint says comes first, being newer. */
export function withUserInfo(idToken: Claims, userInfo: Claims): Claims {
  const bringsAddress = Object.hasOwn(userInfo, 'email');
  const kept = Object.entries(idToken).filter(([name]) => !bringsAddress || !OF_THE_ADDRESS.has(name));
  const added = Object.entries(userInfo).filter(
    ([name]) => !OF_THE_TOKEN.has(name) && (bringsAddress || !OF_THE_ADDRESS.has(name)),
  );
  return Object.fromEntries([...kept, ...added]);
}

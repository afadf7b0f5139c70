import type { SecretValue } from '../../base/secret-value.ts';
import type { FromSecret } from '../../model/index.ts';

export type OpenSecret = (name: string) => SecretValue | null;

/** Header fields with the token, none without one; `null` when its Secret is not there. */
export function bearer(token: FromSecret | undefined, openSecret: OpenSecret): Readonly<Record<string, string>> | null {
  if (token === undefined) return {};
  const value = openSecret(token.fromSecret);
  return value === null ? null : { authorization: `Bearer ${value.reveal()}` };
}

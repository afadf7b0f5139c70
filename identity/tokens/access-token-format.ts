import { isToken, newToken } from './token-format.ts';

export function newAccessToken(): string {
  return newToken('at');
}

/** Whether the text can be one of our access tokens; what cannot costs no look-up. */
export function isAccessToken(text: string): boolean {
  return isToken('at', text);
}

import { METHOD } from './http1/octets.ts';

export const LONGEST_METHOD = 32;

/** What `METHOD` says of octets, for a protocol that gives methods as text: RFC 9110 9.1, without lower case. */
export function isMethod(text: string): boolean {
  if (text.length === 0 || text.length > LONGEST_METHOD) return false;
  for (let i = 0; i < text.length; i++) if (METHOD[text.charCodeAt(i)] !== 1) return false;
  return true;
}

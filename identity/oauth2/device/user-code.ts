import { randomInt } from 'node:crypto';

/** Without vowels, so that no words come up (RFC 8628 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** As in `WDJB-MJHT`: 34 bits, which is enough for what lives minutes and may be guessed a few times. */
export function newUserCode(): string {
  const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The one spelling of what somebody typed; `null`: it cannot be a code. */
export function readUserCode(typed: string): string | null {
  const letters = typed
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
  if (letters.length !== 8 || ![...letters].every((letter) => LETTERS.includes(letter))) return null;
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

import { hash, randomBytes, randomUUID } from 'node:crypto';

/** What one request id is made of. */
const ID_BYTES = 12;
const ID_DIGITS = ID_BYTES * 2;
const IDS_AT_ONCE = 256;
let digits = '';
let taken = 0;

/** 96 random bits in hexadecimal: unique, and not a secret. Many are made at once, because each call is dear. */
export function newRequestId(): string {
  if (taken === digits.length) {
    digits = randomBytes(ID_BYTES * IDS_AT_ONCE).toString('hex');
    taken = 0;
  }
  taken += ID_DIGITS;
  return digits.substring(taken - ID_DIGITS, taken);
}

export function newUid(): string {
  return randomUUID();
}

/** 256 bits from the system's generator in base64url: session handles, states, hand-over codes, access tokens. */
export function newHandle(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a handle: its SHA-256. Handles have full entropy, so no salt or slow hash is needed. */
export function hashHandle(handle: string): string {
  return hash('sha256', handle, 'base64url');
}

const NAME_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Six random letters and digits, as at the end of a Session's name. */
export function newNameSuffix(): string {
  return Array.from(randomBytes(6), (byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join('');
}

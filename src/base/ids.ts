import { hash, randomBytes, randomUUID } from 'node:crypto';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let taken = 0;

/** Random bytes from a pool, because one system call an id is too dear on a request's way. */
function pooled(count: number): Buffer {
  if (taken + count > pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  const bytes = pool.subarray(taken, taken + count);
  taken += count;
  return bytes;
}

/** 96 random bits in hexadecimal: unique, and not a secret. */
export function newRequestId(): string {
  return pooled(12).toString('hex');
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

import { argon2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** A hash of a password, as its text says it was made; it is made again of what is shown. */
export interface PasswordHash {
  matches(password: string): Promise<boolean>;
}

const argon2Of = promisify(argon2);
const scryptOf = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** KiB and bytes: one hash must not take the memory of all. */
const MOST_KIB = 256 * 1024;
const MOST_BYTES = MOST_KIB * 1024;

const ARGON2 = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Reads the PHC string format. `null`: it is none, or its parameters are out of bounds. */
export function readPasswordHash(text: string): PasswordHash | null {
  const trimmed = text.trim();
  return fromArgon2(trimmed) ?? fromScrypt(trimmed);
}

/** RFC 9106. */
function fromArgon2(text: string): PasswordHash | null {
  const parts = ARGON2.exec(text)?.slice(1);
  if (parts === undefined) return null;
  const [memory = 0, passes = 0, parallelism = 0] = parts.map(Number);
  const [nonce, tag] = bytesOf(parts);
  const isSound = memory >= 8 * parallelism && memory <= MOST_KIB && within(passes, 1, 16) && within(parallelism, 1, 8);
  if (!isSound || !within(nonce.byteLength, 8, 64) || !within(tag.byteLength, 16, 64)) return null;
  const parameters = { nonce, parallelism, tagLength: tag.byteLength, memory, passes };
  return { matches: async (message) => timingSafeEqual(await argon2Of('argon2id', { message, ...parameters }), tag) };
}

/** RFC 7914; `ln` is the binary logarithm of N. */
function fromScrypt(text: string): PasswordHash | null {
  const parts = SCRYPT.exec(text)?.slice(1);
  if (parts === undefined) return null;
  const [ln = 0, r = 0, p = 0] = parts.map(Number);
  const [salt, tag] = bytesOf(parts);
  const bytes = 128 * r * (2 ** ln + p);
  const isSound = within(ln, 10, 20) && within(r, 1, 32) && within(p, 1, 8) && bytes <= MOST_BYTES;
  if (!isSound || !within(salt.byteLength, 8, 64) || !within(tag.byteLength, 16, 64)) return null;
  const options = { N: 2 ** ln, r, p, maxmem: bytes + 1024 * 1024 };
  return { matches: async (shown) => timingSafeEqual(await scryptOf(shown, salt, tag.byteLength, options), tag) };
}

function bytesOf(parts: readonly string[]): readonly [Buffer, Buffer] {
  return [Buffer.from(parts[3] ?? '', 'base64'), Buffer.from(parts[4] ?? '', 'base64')];
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

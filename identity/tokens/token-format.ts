import { crc32 } from 'node:zlib';
import { newHandle } from '../../src/base/ids.ts';
import { TOKEN_PREFIX } from '../../src/base/own-names.ts';

/**
 * What a text of ours is good for, as its prefix says it: access token, refresh token, client secret, auth token, device
 * code.
 */
export type TokenKind = 'at' | 'rt' | 'cs' | 'auth' | 'dc';

const SHAPE = /^ost_([a-z]+)_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

/**
 * `ost_`, the kind, 256 random bits, and the CRC-32 of these as base64url. Prefix and checksum let secret scanners
 * know one for certain; neither adds to its strength.
 */
export function newToken(kind: TokenKind): string {
  return spell(kind, newHandle());
}

/** Characters that a token has in common with those that take its place; 132 bits. */
const FAMILY_LENGTH = 22;

/** Another token of the same family: 124 bits are new. */
export function successorOf(kind: TokenKind, token: string): string {
  return spell(kind, familyOf(kind, token) + newHandle().slice(FAMILY_LENGTH));
}

/** What the tokens of a family have in common. @param token one of that kind */
export function familyOf(kind: TokenKind, token: string): string {
  const start = `${TOKEN_PREFIX}${kind}_`.length;
  return token.slice(start, start + FAMILY_LENGTH);
}

function spell(kind: TokenKind, random: string): string {
  return `${TOKEN_PREFIX}${kind}_${random}${checksum(random)}`;
}

/** Whether the text can be one of that kind; what cannot costs no look-up. */
export function isToken(kind: TokenKind, text: string): boolean {
  const match = SHAPE.exec(text);
  return match !== null && match[1] === kind && checksum(match[2]!) === match[3];
}

function checksum(random: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(random));
  return bytes.toString('base64url');
}

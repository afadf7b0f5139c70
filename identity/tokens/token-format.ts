import { crc32 } from 'node:zlib';
import { newHandle } from '../../src/base/ids.ts';
import { TOKEN_PREFIX } from '../../src/base/own-names.ts';

/** What a text of ours is good for, as its prefix says it: access token, client secret, auth token, device code. */
export type TokenKind = 'at' | 'cs' | 'auth' | 'dc';

const SHAPE = /^ost_([a-z]+)_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

/**
 * `ost_`, the kind, 256 random bits, and the CRC-32 of these as base64url. Prefix and checksum let secret scanners
 * know one for certain; neither adds to its strength.
 */
export function newToken(kind: TokenKind): string {
  const random = newHandle();
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

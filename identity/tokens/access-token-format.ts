import { crc32 } from 'node:zlib';
import { newHandle } from '../../src/base/ids.ts';
import { TOKEN_PREFIX } from '../../src/base/own-names.ts';

/** The prefix and the checksum let secret scanners know one for certain; neither adds to its strength. */
const PREFIX = `${TOKEN_PREFIX}at_`;
const SHAPE = /^ost_at_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

/** `ost_at_`, 256 random bits, and the CRC-32 of these as base64url. */
export function newAccessToken(): string {
  const random = newHandle();
  return `${PREFIX}${random}${checksum(random)}`;
}

/** Whether the text can be one of our access tokens; what cannot costs no look-up. */
export function isAccessToken(text: string): boolean {
  const match = SHAPE.exec(text);
  return match !== null && checksum(match[1]!) === match[2];
}

function checksum(random: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(random));
  return bytes.toString('base64url');
}

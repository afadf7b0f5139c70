import { createHash } from 'node:crypto';
import { setImmediate as aTurn } from 'node:timers/promises';
import type { Awaitable } from '../../base/awaitable.ts';
import { sha256 } from './signature.ts';

/** Bytes that are hashed in one turn of the event loop, some two milliseconds. */
const IN_ONE_TURN = 1024 * 1024;

/** Hexadecimal SHA-256; of large bodies piece by piece, so that other requests do not wait for it. */
export function hashOf(bytes: Uint8Array): Awaitable<string> {
  return bytes.byteLength <= IN_ONE_TURN ? sha256(bytes) : hashInPieces(bytes);
}

async function hashInPieces(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let i = 0; i < bytes.byteLength; i += IN_ONE_TURN) {
    hash.update(bytes.subarray(i, i + IN_ONE_TURN));
    await aTurn();
  }
  return hash.digest('hex');
}

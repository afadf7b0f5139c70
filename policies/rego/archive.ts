import { gunzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.ts';
import { type ArchiveFile, readTar } from './tar.ts';

/** Unpacked bytes of one archive. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * The files of a bundle of OPA: what `opa build` writes, and what bundle servers send.
 *
 * @param bytes a tar archive, compressed with gzip or not
 * @throws AppError when it cannot be used
 */
export function readArchive(bytes: Buffer): ArchiveFile[] {
  return readTar(unpack(bytes));
}

/** What unpacks to too much is a bomb. */
function unpack(bytes: Buffer): Buffer {
  const isCompressed = bytes.length >= 2 && bytes.readUInt16BE(0) === 0x1f8b;
  if (!isCompressed) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch {
    throw new AppError('invalid', `the archive cannot be unpacked to ${MAX_UNPACKED} bytes or less`);
  }
}

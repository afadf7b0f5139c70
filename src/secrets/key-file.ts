import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../base/errors.ts';
import { newUid } from '../base/ids.ts';
import { hasFileModes, modeText, syncDirectory } from '../base/private-directory.ts';
import { formatKeys, parseKeys, type RingKeys } from './key-format.ts';

/**
 * The keys in `file`, `null` when there is no such file.
 * @throws AppError `refused` when others can read it, it is no plain file, or its content is not a key ring.
 */
export function readKeyFile(file: string): RingKeys | null {
  const text = readPrivateText(file);
  if (text === null) return null;
  const keys = parseKeys(text);
  if (keys === null) {
    throw refused(`${file} is not a key ring: put it back from a backup. Stored Secrets cannot be opened without it`);
  }
  return keys;
}

/** Writes a first key file; `false` when there is one already, which is then left alone. */
export function createKeyFile(file: string, keys: RingKeys): boolean {
  const temporary = `${file}.${newUid()}`;
  writeDurably(temporary, keys);
  try {
    // A link, unlike a rename, does not replace what another process has just made.
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary);
    syncDirectory(dirname(file));
  }
}

/**
 * Reads, changes and replaces the key file in one step.
 * @throws AppError `conflict` when another process does the same at this moment.
 */
export function changeKeyFile(file: string, change: (present: RingKeys) => RingKeys): RingKeys {
  const next = `${file}.new`;
  const release = claim(next);
  try {
    const present = readKeyFile(file);
    if (present === null) throw refused(`${file} is gone: put it back from a backup`);
    const changed = change(present);
    writeDurably(next, changed, 'r+');
    renameSync(next, file);
    return changed;
  } catch (error) {
    release();
    throw error;
  } finally {
    syncDirectory(dirname(file));
  }
}

/** The file to be renamed is also the lock: two changes at a time would lose one of the new keys. */
function claim(path: string): () => void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new AppError(
      'conflict',
      `the keys are being changed by another process, or were when it died: remove ${path} if none runs`,
    );
  }
  return () => rmSync(path, { force: true });
}

function readPrivateText(file: string): string | null {
  const descriptor = openPlainFile(file);
  if (descriptor === null) return null;
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw refused(`${file} is not a plain file`);
    if (hasFileModes && (stat.mode & 0o077) !== 0) {
      throw refused(
        `${file} is open to others (mode ${modeText(stat.mode)}): run chmod 600 ${file}, then rotate the keys`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function openPlainFile(file: string): number | null {
  try {
    // Without O_NONBLOCK a FIFO of that name would stop the process here.
    return openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    if (code === 'ELOOP') throw refused(`${file} is a symbolic link: put the file itself there`);
    throw new AppError('unavailable', `${file} cannot be read (${code})`, { cause: error });
  }
}

function writeDurably(path: string, keys: RingKeys, flag: 'wx' | 'r+' = 'wx'): void {
  const descriptor = openSync(path, flag, 0o600);
  try {
    writeFileSync(descriptor, formatKeys(keys));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function refused(message: string): AppError {
  return new AppError('refused', message);
}

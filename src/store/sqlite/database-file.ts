import { closeSync, constants, existsSync, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { hasFileModes, preparePrivateDirectory, syncDirectory } from '../../base/private-directory.ts';

/** SQLite's own files beside the database; it gives them the database's mode when it makes them. */
const COMPANIONS = ['-wal', '-shm', '-journal'];

/**
 * Makes sure that the database file is there, is a plain file, and is readable by nobody else (mode 0600), before
 * SQLite, which follows symbolic links and uses the umask, opens it.
 * @throws AppError `refused` for links, other kinds of files and directories that others can write.
 */
export function prepareDatabaseFile(file: string): void {
  preparePrivateDirectory(dirname(file));
  const isNew = !existsSync(file);
  makePrivate(file);
  for (const companion of COMPANIONS) if (isPresent(file + companion)) makePrivate(file + companion);
  if (isNew) syncDirectory(dirname(file));
}

function makePrivate(path: string): void {
  const descriptor = openPlain(path);
  try {
    if (!fstatSync(descriptor).isFile()) throw refused(`${path} is not a plain file`);
    if (hasFileModes) fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
}

function openPlain(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ELOOP') throw refused(`${path} is a symbolic link: put the file itself there`);
    throw new AppError('unavailable', `${path} cannot be opened (${code ?? 'unknown'})`, { cause: error });
  }
}

/** Unlike `existsSync` this sees a link to nowhere too. */
function isPresent(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function refused(message: string): AppError {
  return new AppError('refused', message);
}

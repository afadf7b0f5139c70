import { closeSync, existsSync, fsyncSync, lstatSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from './errors.ts';

const OTHERS_WRITE = 0o002;
const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** Windows has access lists instead of mode bits; Node shows invented bits there. */
export const hasFileModes = process.platform !== 'win32';

/**
 * Makes sure that `directory` is there (created with mode 0700) and that nobody else can put, swap or remove
 * files in it.
 * @throws AppError `refused` with what to do about it.
 */
export function preparePrivateDirectory(directory: string): void {
  const path = resolve(directory);
  if (!existsSync(path)) createDirectory(path);
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) throw refused(`${path} is a symbolic link: name the real directory`);
  if (!stat.isDirectory()) throw refused(`${path} is not a directory`);
  if (!hasFileModes) return;
  if ((stat.mode & GROUP_OR_OTHERS_WRITE) !== 0) {
    throw refused(`${path} can be written by others (mode ${modeText(stat.mode)}): run chmod 700 ${path}`);
  }
  checkAncestors(realpathSync(path));
}

/** Whoever may write in an ancestor may swap the whole directory, unless the sticky bit keeps others' entries safe. */
function checkAncestors(path: string): void {
  for (let at = dirname(path), below = path; at !== below; below = at, at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
      throw refused(`${at}, above ${path}, can be written by everybody (mode ${modeText(mode)}): run chmod o-w ${at}`);
    }
  }
}

function createDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  syncDirectory(dirname(path));
}

/** Makes created, renamed and removed entries of a directory survive a power loss. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory for this, and its file systems journal names themselves.
  if (!hasFileModes) return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The permission bits as `chmod` writes them. */
export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function refused(message: string): AppError {
  return new AppError('refused', message);
}

import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AppError, fileProblem } from '../../base/errors.ts';

/** Which files of a directory are read; a file that is named itself always is. */
export type WantedFiles = (file: string) => boolean;

export interface Listing {
  /** In reading order, each once: paths as given, a directory's files by name. */
  readonly files: readonly string[];
  /** Directories that were given and hold none. */
  readonly empty: readonly string[];
}

/** @throws AppError `not-found`, naming what cannot be read */
export async function listPaths(paths: readonly string[], wanted: WantedFiles): Promise<Listing> {
  const found = await Promise.all(paths.map((path) => listFiles(path, wanted)));
  return {
    files: withoutRepeated(found.flat()),
    empty: paths.filter((_, i) => found[i]!.length === 0),
  };
}

/** What is said of a directory from which nothing is read. */
export function nothingIn(directory: string): string {
  return `no YAML files in ${directory}`;
}

/** One file may be named in several ways. */
function withoutRepeated(files: readonly string[]): string[] {
  const spelled = new Map<string, string>();
  for (const file of files) if (!spelled.has(resolve(file))) spelled.set(resolve(file), file);
  return [...spelled.values()];
}

async function listFiles(path: string, wanted: WantedFiles): Promise<string[]> {
  const info = await stat(path).catch((error) => unreadable(path, error));
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) =>
    unreadable(path, error),
  );
  return entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isLeftOut(path, file))
    .sort();
}

/** Whether a file below a directory is none of its configuration, whatever its name ends with. */
export function isLeftOut(directory: string, file: string): boolean {
  return isHidden(relative(directory, file)) || isOwnState(file);
}

/** `..data` and other dotted folders hold the real files of mounted volumes, which would be read twice. */
function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith('.'));
}

/**
 * The data directory may lie below the resources. What a gateway keeps there is told by its company and not by the
 * folder's name, and nothing else that lies in the folder is left out.
 */
function isOwnState(file: string): boolean {
  return basename(file) === 'keys.json' && existsSync(join(dirname(file), 'ostiary.db'));
}

function unreadable(path: string, error: unknown): never {
  throw new AppError('not-found', `${path} cannot be read: ${fileProblem(error)}`, { cause: error });
}

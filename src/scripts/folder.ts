import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileProblem } from '../base/errors.ts';
import { MANIFEST } from './manifest.ts';

/** What a plugin may consist of. */
const OWN_FILE = /\.(m?[jt]s|json|ya?ml)$/;
const MOST_FILES = 200;
const MOST_BYTES = 1024 * 1024;

/** A directory with a manifest, as it was read. */
export interface PluginFolder {
  readonly directory: string;
  readonly manifest: string;
  /** By path, in the order of names. */
  readonly files: ReadonlyMap<string, string>;
  /** Why it was not read; `null`: it was. */
  readonly problem: string | null;
}

export interface FolderProblem {
  readonly file: string;
  readonly message: string;
  readonly suggestion: string | null;
}

export interface Folders {
  readonly folders: readonly PluginFolder[];
  readonly problems: readonly FolderProblem[];
}

/** Each subdirectory with a manifest is a plugin. */
export function readFolders(directories: readonly string[]): Folders {
  const folders: PluginFolder[] = [];
  const problems: FolderProblem[] = [];
  for (const directory of directories) {
    try {
      if (isFile(join(directory, MANIFEST))) problems.push(tooDeep(directory));
      for (const folder of pluginsIn(directory)) folders.push(readFolder(folder));
    } catch (thrown) {
      const message = `plugins cannot be read: ${fileProblem(thrown)}`;
      problems.push({ file: directory, message, suggestion: null });
    }
  }
  return { folders, problems };
}

/** Changes when one of the files does. */
export function stampOf(directories: readonly string[]): string {
  return directories.map(stampOfOne).join('\n');
}

function stampOfOne(directory: string): string {
  try {
    const files = pluginsIn(directory).flatMap((folder) => filesIn(folder));
    return files
      .map((file) => {
        const { ino, size, mtimeMs } = statSync(file);
        return `${file} ${ino} ${size} ${mtimeMs}`;
      })
      .join('\n');
  } catch (thrown) {
    return fileProblem(thrown);
  }
}

function tooDeep(directory: string): FolderProblem {
  const message = `${MANIFEST} stands in the directory of plugins itself, so nothing is loaded of it`;
  return { file: join(directory, MANIFEST), message, suggestion: 'give the directory above it' };
}

function pluginsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(realpathSync(directory), name))
    .filter((folder) => isFile(join(folder, MANIFEST)))
    .map((folder) => realpathSync(folder));
}

function readFolder(directory: string): PluginFolder {
  const manifest = join(directory, MANIFEST);
  try {
    // it would be a wildcard of what the thread may read
    if (directory.includes('*')) throw new Error('its path has an asterisk');
    const files = new Map(filesIn(directory).map((file) => [file, readFileSync(file, 'utf8')]));
    const size = Array.from(files.values(), (text) => Buffer.byteLength(text)).reduce((sum, one) => sum + one, 0);
    if (size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`);
    return { directory, manifest, files, problem: null };
  } catch (thrown) {
    return { directory, manifest, files: new Map(), problem: `the plugin cannot be read: ${fileProblem(thrown)}` };
  }
}

/** Packages are not part of it: they are found where they stand, and nobody changes them in passing. */
function filesIn(directory: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (OWN_FILE.test(entry.name) && isFile(path)) found.push(path);
      if (found.length > MOST_FILES) throw new Error(`it has more than ${MOST_FILES} files`);
    }
  };
  walk(directory);
  return found.sort();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

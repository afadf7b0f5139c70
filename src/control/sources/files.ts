import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AppError, fileProblem, messageOf } from '../../base/errors.ts';
import { listPaths, nothingIn, type WantedFiles } from './listing.ts';

/** A configuration file as it was read. */
export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

const CONFIG_FILE = /\.(ya?ml|json)$/;
const TEST_FILE = /\.test\.(ya?ml|json)$/;

/** Tests of policies stand beside what they test, and nothing of them is served. */
export const isTestFile: WantedFiles = (file) => TEST_FILE.test(file);
export const isResourceFile: WantedFiles = (file) => CONFIG_FILE.test(file) && !isTestFile(file);
export const isConfigFile: WantedFiles = (file) => CONFIG_FILE.test(file);

/** Editors and `kubectl`-like mounts write in several steps; one reload for all of them. */
const SETTLE_MS = 250;
/** Watches can be lost (network file systems, replaced directories), so a slow look goes beside them. */
const POLL_MS = 2_000;

/** Resources from files and directories (`-f PATH`), read whole and watched for changes. */
export class FileSource {
  readonly #paths: readonly string[];
  readonly #fixed: readonly ConfigText[];
  readonly #wanted: WantedFiles;
  #watchers: FSWatcher[] = [];
  #poll: NodeJS.Timeout | null = null;
  #settle: NodeJS.Timeout | null = null;
  /** Of the last read, of what was reported, and of the last look. */
  #read = '';
  #seen = '';
  #last = '';
  #failure = '';
  #empty: readonly string[] = [];

  /** @param fixed texts that stand in no file and never change */
  constructor(paths: readonly string[], fixed: readonly ConfigText[] = [], wanted: WantedFiles = isResourceFile) {
    this.#paths = paths;
    this.#fixed = fixed;
    this.#wanted = wanted;
  }

  /** Every file in reading order: paths as given, a directory's files by name. */
  async read(): Promise<ConfigText[]> {
    const { texts, empty } = await this.#texts();
    this.#read = digestOf(texts);
    this.#empty = empty;
    return [...this.#fixed, ...texts];
  }

  /** Directories in which the last read found nothing. */
  get empty(): readonly string[] {
    return this.#empty;
  }

  async #texts(): Promise<{ readonly texts: ConfigText[]; readonly empty: readonly string[] }> {
    const { files, empty } = await listPaths(this.#paths, this.#wanted);
    return { texts: await Promise.all(files.map(readText)), empty };
  }

  /**
   * Calls `changed` after files changed and came to rest, until `close`. When it rejects, it is called again, because
   * something else than the text was in the way; `failed` is told, once for each message. Errors while looking count as
   * a change: the read reports them.
   */
  watch(changed: () => Promise<unknown>, failed: (thrown: unknown) => void): void {
    this.#seen = this.#read;
    const schedule = () => {
      clearTimeout(this.#settle ?? undefined);
      this.#settle = setTimeout(() => void this.#look(changed, failed, schedule), SETTLE_MS).unref();
    };
    const poll = () => {
      if (this.#settle === null) schedule();
    };
    this.#watchers = this.#paths.flatMap((path) => watchPath(path, schedule));
    this.#poll = setInterval(poll, POLL_MS).unref();
  }

  /** Two equal reads that far apart are a file that nobody is writing. */
  async #look(changed: () => Promise<unknown>, failed: (thrown: unknown) => void, again: () => void): Promise<void> {
    this.#settle = null;
    const found = await this.#digest();
    const isAtRest = found === this.#last;
    this.#last = found;
    if (found === this.#seen) return;
    if (!isAtRest) return again();
    try {
      await changed();
      this.#seen = found;
      this.#failure = '';
    } catch (thrown) {
      // Nothing of it was live yet, so the poll may try again.
      this.#seen = '';
      if (messageOf(thrown) !== this.#failure) failed(thrown);
      this.#failure = messageOf(thrown);
    }
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    clearInterval(this.#poll ?? undefined);
    clearTimeout(this.#settle ?? undefined);
  }

  async #digest(): Promise<string> {
    try {
      return digestOf((await this.#texts()).texts);
    } catch (thrown) {
      return `unreadable: ${messageOf(thrown)}`;
    }
  }
}

/**
 * The resources of files, and of the files below directories.
 * @throws AppError `not-found`, naming what cannot be read or the directory that holds nothing
 */
export function readConfigPaths(paths: readonly string[]): Promise<ConfigText[]> {
  return readWanted(paths, isResourceFile);
}

/** The same for other files of directories than those with resources. */
export async function readWanted(paths: readonly string[], wanted: WantedFiles): Promise<ConfigText[]> {
  const { files, empty } = await listPaths(paths, wanted);
  if (empty[0] !== undefined) throw new AppError('not-found', nothingIn(empty[0]));
  return Promise.all(files.map(readText));
}

async function readText(file: string): Promise<ConfigText> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw new AppError('not-found', `${file} cannot be read: ${fileProblem(error)}`, { cause: error });
  }
}

function digestOf(texts: readonly ConfigText[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of texts) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex');
}

/** A single file is watched through its folder, because most editors replace files instead of writing them. */
function watchPath(path: string, changed: () => void): FSWatcher[] {
  const inFolder = (name: string | null) => {
    if (mayConcern(path, name)) changed();
  };
  return [...watchPlace(path, () => changed()), ...watchPlace(dirname(path), inFolder)];
}

/** The folder may hold an access log too, whose every line would have everything read again. */
function mayConcern(path: string, name: string | null): boolean {
  return name === null || name === basename(path) || isMountedVolume(name);
}

/** `..data` is what is replaced when a mounted volume changes. */
function isMountedVolume(name: string): boolean {
  return name.startsWith('..');
}

function watchPlace(place: string, changed: (name: string | null) => void): FSWatcher[] {
  try {
    const watcher = watch(place, { persistent: false }, (_event, name) => changed(name));
    // Losing a watch is made up for by the poll.
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}

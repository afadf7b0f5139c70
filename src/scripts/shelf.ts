import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Diagnostic } from '../base/diagnostic.ts';
import { type FolderProblem, type PluginFolder, readFolders, stampOf } from './folder.ts';
import { NO_SCRIPTS, type ScriptSet } from './host.ts';
import { readManifest } from './manifest.ts';
import { type Trial, tryOut } from './try-out.ts';
import type { ScriptSource, ScriptVersion } from './version.ts';

/** Milliseconds between two looks; files are taken once two of them see the same. */
const LOOK_MS = 250;

/** What came of one directory. */
interface Judged {
  readonly name: string | null;
  readonly manifest: string;
  /** `null`: it cannot be used. */
  readonly version: ScriptVersion | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The scripts of the directories that the gateway was given. What cannot be used never takes the place of what can. */
export class ScriptShelf {
  readonly #directories: readonly string[];
  #set: ScriptSet = NO_SCRIPTS;
  /** By digest, of the last look. */
  #trials = new Map<string, Trial>();
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  /** Of the look that was taken, and of the last one. */
  #taken = '';
  #last = '';

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** Reads the directories and tries out what is new. Never rejects. */
  look(): Promise<ScriptSet> {
    const looked = this.#queue.then(() => this.#look());
    this.#queue = looked;
    return looked;
  }

  /** Calls `changed` after files changed and came to rest, until `close`. */
  watch(changed: () => void): void {
    if (this.#directories.length === 0) return;
    this.#last = this.#taken;
    this.#timer = setInterval(() => {
      const stamp = stampOf(this.#directories);
      const isAtRest = stamp === this.#last;
      this.#last = stamp;
      if (!isAtRest || stamp === this.#taken) return;
      this.#taken = stamp;
      changed();
    }, LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer ?? undefined);
  }

  async #look(): Promise<ScriptSet> {
    this.#taken = stampOf(this.#directories);
    const { folders, problems } = readFolders(this.#directories);
    const trials = new Map<string, Trial>();
    const judged = await Promise.all(folders.map((folder) => this.#judge(folder, trials)));
    this.#trials = trials;
    this.#set = this.#setOf(judged, problems.map(folderDiagnostic));
    return this.#set;
  }

  async #judge({ directory, manifest, files, problem }: PluginFolder, trials: Map<string, Trial>): Promise<Judged> {
    if (problem !== null)
      return { name: null, manifest, version: null, diagnostics: [errorAt(manifest, problem, null)] };
    const { settings, name, diagnostics } = readManifest(files.get(manifest) ?? '', manifest);
    if (settings === null) return { name, manifest, version: null, diagnostics };
    const { main, ...rest } = settings;
    const digest = digestOf(directory, files);
    const urls = new Map(Array.from(files, ([file, text]) => [pathToFileURL(file).href, text]));
    const source = { settings: rest, directory, main: pathToFileURL(join(directory, main)).href, files: urls, digest };
    if (!urls.has(source.main)) {
      const message = `there is no ${main} beside the manifest`;
      return { name, manifest, version: null, diagnostics: [errorAt(manifest, message, name)] };
    }
    const trial = this.#trials.get(digest) ?? (await tryOut(source));
    trials.set(digest, trial);
    return trial.kind === 'works'
      ? { name, manifest, version: { ...source, hooks: trial.hooks }, diagnostics }
      : { name, manifest, version: null, diagnostics: [unloadable(source, trial)] };
  }

  /** A version that cannot be used leaves the one before it, as long as its directory is there. */
  #setOf(judged: readonly Judged[], problems: readonly Diagnostic[]): ScriptSet {
    const versions = new Map<string, ScriptVersion>();
    const faults = new Map<string, string>();
    const diagnostics = [...problems];
    for (const one of judged) {
      const { name, manifest, version, diagnostics: own } = one;
      const before = this.#set.versions.find((known) => known.directory === directoryOf(manifest));
      const serving = version ?? before ?? null;
      diagnostics.push(
        ...own.map((found) => (version === null && before !== undefined ? staying(found, before) : found)),
      );
      const called = serving?.settings.name ?? name;
      if (called === null) continue;
      if (versions.has(called)) diagnostics.push(errorAt(manifest, `there is another plugin "${called}"`, called));
      else if (serving !== null) versions.set(called, serving);
      else faults.set(called, own[0]?.message ?? 'it has mistakes');
    }
    return { versions: [...versions.values()], faults, diagnostics };
  }
}

function directoryOf(manifest: string): string {
  return join(manifest, '..');
}

function digestOf(directory: string, files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256').update(directory);
  for (const [file, text] of files) hash.update(`\0${file}\0${text}`);
  return hash.digest('hex');
}

function errorAt(file: string, message: string, name: string | null, line = 1): Diagnostic {
  const resource = name === null ? null : `script ${name}`;
  return { severity: 'error', file, line, column: 1, path: '', message, suggestion: null, resource };
}

function unloadable({ settings, main }: ScriptSource, { file, line, message }: Extract<Trial, { kind: 'fails' }>) {
  return errorAt(
    fileURLToPath(file ?? main),
    `version ${settings.version} does not load: ${message}`,
    settings.name,
    line,
  );
}

function staying(found: Diagnostic, { settings }: ScriptVersion): Diagnostic {
  return { ...found, message: `${found.message}; version ${settings.version}, which was loaded before, stays` };
}

function folderDiagnostic({ file, message, suggestion }: FolderProblem): Diagnostic {
  return { ...errorAt(file, message, null), suggestion };
}

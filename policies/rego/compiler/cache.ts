import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { InputPath } from './input-paths.ts';

export interface CacheKey {
  readonly source: string;
  readonly entrypoint: string;
  /** Of the program that compiles; `null`: any, because none is here. */
  readonly version: string | null;
}

export interface CacheEntry {
  readonly wasm: Uint8Array;
  readonly paths: readonly InputPath[];
}

/** Modules that were compiled before, so that workers and restarts need no compiler. */
export interface RegoCache {
  get(key: CacheKey): CacheEntry | null;
  /** A disk that takes nothing is no error: the next process compiles again. */
  set(key: CacheKey, entry: CacheEntry): void;
}

export const NO_CACHE: RegoCache = { get: () => null, set: () => {} };

/** More are not kept; the oldest go. */
const MOST = 1000;

/** A folder with a file for each module: a line of JSON, then the module. */
export class RegoFolder implements RegoCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(key: CacheKey): CacheEntry | null {
    const name = this.#nameOf(key);
    return name === null ? null : readEntry(join(this.#folder, name));
  }

  set(key: CacheKey, { wasm, paths }: CacheEntry): void {
    const path = join(this.#folder, `${digestOf(key)}-${key.version}`);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      if (!existsSync(this.#folder)) mkdirSync(this.#folder, { mode: 0o700 });
      writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(paths)}\n`), wasm]), { mode: 0o600 });
      renameSync(temporary, path);
      this.#prune();
    } catch {
      // a cache that cannot be written is an empty one
    }
  }

  #nameOf(key: CacheKey): string | null {
    const start = `${digestOf(key)}-`;
    if (key.version !== null) return `${start}${key.version}`;
    return namesIn(this.#folder).find((name) => name.startsWith(start) && !name.endsWith('.tmp')) ?? null;
  }

  #prune(): void {
    const names = namesIn(this.#folder);
    if (names.length <= MOST) return;
    const paths = names.map((name) => join(this.#folder, name));
    const oldest = paths.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
    for (const path of oldest.slice(0, names.length - MOST)) unlinkSync(path);
  }
}

/** Another one whenever the same source gives another entry. */
const FORMAT = 2;

function digestOf({ source, entrypoint }: CacheKey): string {
  return createHash('sha256').update(`${FORMAT}\0${entrypoint}\0${source}`).digest('hex');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readEntry(path: string): CacheEntry | null {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf(10);
    return { paths: JSON.parse(bytes.toString('utf8', 0, end)) as InputPath[], wasm: bytes.subarray(end + 1) };
  } catch {
    return null;
  }
}

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
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

/**
 * A folder with a file for each module: a line of JSON with a digest of the rest, then the module. A damaged file counts
 * as none, and the next one that is compiled takes its place.
 */
export class RegoFolder implements RegoCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(key: CacheKey): CacheEntry | null {
    for (const name of this.#namesOf(key)) {
      const entry = readEntry(join(this.#folder, name));
      if (entry !== null) return entry;
    }
    return null;
  }

  set(key: CacheKey, entry: CacheEntry): void {
    const path = join(this.#folder, `${digestOf(key)}-${key.version}`);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      if (!existsSync(this.#folder)) mkdirSync(this.#folder, { mode: 0o700 });
      writeDurably(temporary, fileOf(entry));
      renameSync(temporary, path);
      this.#prune();
    } catch {
      // a cache that cannot be written is an empty one
    }
  }

  #namesOf(key: CacheKey): readonly string[] {
    const start = `${digestOf(key)}-`;
    if (key.version !== null) return [`${start}${key.version}`];
    return namesIn(this.#folder).filter((name) => name.startsWith(start) && !name.endsWith('.tmp'));
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

interface FirstLine {
  readonly paths: readonly InputPath[];
  /** SHA-256 of the paths and the module. */
  readonly digest: string;
}

function fileOf({ wasm, paths }: CacheEntry): Buffer {
  const first: FirstLine = { paths, digest: contentDigest({ wasm, paths }) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`), wasm]);
}

function readEntry(path: string): CacheEntry | null {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf(10);
    const { paths, digest } = JSON.parse(bytes.toString('utf8', 0, end)) as FirstLine;
    const entry = { paths, wasm: bytes.subarray(end + 1) };
    return contentDigest(entry) === digest ? entry : null;
  } catch {
    return null;
  }
}

function contentDigest({ wasm, paths }: CacheEntry): string {
  return createHash('sha256')
    .update(`${JSON.stringify(paths)}\n`)
    .update(wasm)
    .digest('hex');
}

/** Once it has its name it is whole, also after the power failed. */
function writeDurably(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AppError, fileProblem, messageOf } from '../base/errors.ts';
import { GeoDatabase } from '../plugins/geo/database.ts';
import { GeoLookup } from '../plugins/geo/lookup.ts';
import { type Geo, type GeoKind, UnreadGeo } from '../plugins/geo/place.ts';

/** Files with MaxMind databases; `null`: there is none. */
export interface GeoInstall {
  /** City or Country. */
  readonly geoipDatabase: string | null;
  /** ASN. */
  readonly geoipAsnDatabase: string | null;
}

export interface GeoParts {
  readonly install: GeoInstall;
  /**
   * `judge`: configurations alone are judged. `worker`: the supervisor has read the files before, and what has become
   * of them since keeps nobody from starting: what needs them is refused as long as they cannot be read.
   */
  readonly role: 'judge' | 'alone' | 'worker';
  readonly warn: (message: string) => void;
}

/** How often files are looked at. They come whole and seldom: by a program that renames, or by a mounted volume. */
const LOOK_MS = 1_000;
/** Larger files than any that there are; each process that serves has one in memory. */
const LARGEST = 1024 * 1024 * 1024;

/**
 * The databases of the installation, watched until `stack` is disposed of. A newer file takes the place of the one
 * before once it has been read; one that cannot be used is told of and changes nothing.
 * @throws AppError when one cannot be used at the start.
 */
export function openGeo({ install, role, warn }: GeoParts, stack: AsyncDisposableStack): Geo | null {
  const files = filesOf(install);
  if (files.length === 0) return null;
  const open = role === 'worker' ? (path: string) => openLater(path, warn) : openNow;
  const databases = Object.fromEntries(files.map(({ kind, path }) => [kind, open(path)]));
  if (role === 'judge') return new UnreadGeo(files.map(({ kind }) => kind));
  const lookup = new GeoLookup(databases);
  for (const { kind, path } of files) stack.defer(watch(path, (database) => lookup.replace(kind, database), warn));
  return lookup;
}

function filesOf({ geoipDatabase, geoipAsnDatabase }: GeoInstall): { readonly kind: GeoKind; readonly path: string }[] {
  return [
    ...(geoipDatabase === null ? [] : [{ kind: 'places' as const, path: geoipDatabase }]),
    ...(geoipAsnDatabase === null ? [] : [{ kind: 'networks' as const, path: geoipAsnDatabase }]),
  ];
}

function openLater(path: string, warn: GeoParts['warn']): GeoDatabase | null {
  try {
    return openNow(path);
  } catch (thrown) {
    warn(messageOf(thrown));
    return null;
  }
}

/** @throws AppError */
function openNow(path: string): GeoDatabase {
  try {
    return databaseOf(readFileSync(path));
  } catch (thrown) {
    throw new AppError('invalid', `${path}: ${problemOf(thrown)}`, { cause: thrown });
  }
}

/** @throws AppError */
function databaseOf(bytes: Buffer): GeoDatabase {
  if (bytes.byteLength > LARGEST) throw new AppError('invalid', 'the file is too large');
  return new GeoDatabase(bytes);
}

/** Gives what ends it. */
function watch(path: string, replace: (database: GeoDatabase) => void, warn: GeoParts['warn']): () => void {
  const read = async () => {
    try {
      replace(databaseOf(await readFile(path)));
    } catch (thrown) {
      warn(`${path}: ${problemOf(thrown)}; the database of before stays`);
    }
  };
  let last = Promise.resolve();
  const changed = () => {
    last = last.then(read);
  };
  watchFile(path, { interval: LOOK_MS, persistent: false }, changed);
  return () => unwatchFile(path, changed);
}

function problemOf(thrown: unknown): string {
  return thrown instanceof AppError ? messageOf(thrown) : fileProblem(thrown);
}

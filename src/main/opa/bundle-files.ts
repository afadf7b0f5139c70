import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, readBundle, readFiles } from '../../../policies/rego/bundle/bundle.ts';
import type { Verification } from '../../../policies/rego/bundle/signature.ts';
import type { ArchiveFile } from '../../../policies/rego/tar.ts';
import { AppError, fileProblem } from '../../base/errors.ts';
import { syncDirectory } from '../../base/private-directory.ts';

/** A bundle may have so many files, and each so many bytes. */
const MAX_FILES = 4096;
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws AppError when it cannot be read, or is no bundle that can be used */
export function readBundlePath(path: string, verification: Verification | null): Bundle {
  const files = filesOf(path);
  return files === null ? readBundle(read(path), verification) : readFiles(files, verification);
}

/** Another text whenever the bundle may be another one; `null` when there is none. */
export function stampOf(path: string): string | null {
  try {
    const names = statSync(path).isDirectory() ? walk(path, '').map((name) => join(path, name)) : [path];
    return names.map(stampOfFile).join('\n');
  } catch {
    return null;
  }
}

function stampOfFile(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return `${path} ${ino} ${size} ${mtimeMs}`;
}

function filesOf(path: string): ArchiveFile[] | null {
  try {
    if (!statSync(path).isDirectory()) return null;
    return walk(path, '').map((name) => ({ name, bytes: read(join(path, name)) }));
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unreadable(path, thrown);
  }
}

/** Names relative to the directory. Those that begin with `..` are how volumes are swapped, and no part of a bundle. */
function walk(root: string, below: string): string[] {
  const names = readdirSync(join(root, below)).filter((name) => !name.startsWith('..'));
  const found = names.sort().flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    return statSync(join(root, path)).isDirectory() ? walk(root, path) : [path];
  });
  if (found.length > MAX_FILES) throw new AppError('invalid', `${root} has more than ${MAX_FILES} files`);
  return found;
}

function read(path: string): Buffer {
  try {
    if (statSync(path).size > MAX_BYTES) throw new AppError('invalid', `${path} has more than ${MAX_BYTES} bytes`);
    return readFileSync(path);
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unreadable(path, thrown);
  }
}

function unreadable(path: string, thrown: unknown): AppError {
  return new AppError('invalid', `${path}: ${fileProblem(thrown)}`);
}

/** Whoever reads the file meanwhile gets the old bytes or the new ones. */
export function writeWhole(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeDurably(temporary, bytes);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

function writeDurably(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

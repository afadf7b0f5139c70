import { createHash } from 'node:crypto';
import { AppError } from '../../../src/base/errors.ts';
import { readArchive } from '../archive.ts';
import type { ArchiveFile } from '../tar.ts';
import { readData } from './data.ts';
import { MANIFEST, NO_MANIFEST, readManifest, type WasmModule } from './manifest.ts';
import { type Verification, verifySignature } from './signature.ts';

/** A bundle of OPA as far as we use it: compiled policies and their data. */
export interface Bundle {
  readonly revision: string | null;
  /** JSON of `data`. */
  readonly data: Buffer;
  /** Compiled policies, by file name. */
  readonly modules: ReadonlyMap<string, Buffer>;
  /** Which module answers an entrypoint; empty when there is no manifest that says it. */
  readonly entrypoints: readonly WasmModule[];
  /** SHA-256 of what it was read from. */
  readonly digest: string;
}

/**
 * Reads a bundle as `opa build` makes it, or a bare `.wasm`.
 *
 * @throws AppError that says what is wrong with it
 */
export function readBundle(bytes: Buffer, verification: Verification | null): Bundle {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (!isWasm(bytes)) return bundleOf(readArchive(bytes), verification, digest);
  return bundleOf([{ name: 'policy.wasm', bytes }], verification, digest);
}

/** The same of files that are unpacked already. */
export function readFiles(files: readonly ArchiveFile[], verification: Verification | null): Bundle {
  const hash = createHash('sha256');
  for (const { name, bytes } of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return bundleOf(files, verification, hash.digest('hex'));
}

function bundleOf(files: readonly ArchiveFile[], verification: Verification | null, digest: string): Bundle {
  if (verification !== null) verifySignature(files, verification);
  const file = files.find(({ name }) => name === MANIFEST);
  const manifest = file === undefined ? NO_MANIFEST : readManifest(file.bytes);
  const modules = new Map(files.filter(({ name }) => name.endsWith('.wasm')).map(({ name, bytes }) => [name, bytes]));
  if (modules.size === 0) throw new AppError('invalid', 'the bundle has no .wasm: make it with opa build -t wasm');
  const absent = manifest.modules.find((module) => !modules.has(module.file));
  if (absent !== undefined) throw new AppError('invalid', `the manifest names "${absent.file}", which is not there`);
  return {
    revision: manifest.revision,
    data: readData(files, manifest.roots),
    modules,
    entrypoints: manifest.modules,
    digest,
  };
}

function isWasm(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === 0x0061736d;
}

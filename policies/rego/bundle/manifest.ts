import { AppError } from '../../../src/base/errors.ts';
import { safeName } from '../tar.ts';

export const MANIFEST = '.manifest';

/** What a bundle says of itself. */
export interface Manifest {
  readonly revision: string | null;
  /** Paths below `data` that the bundle owns, without slashes at the ends; `''` is all of it. */
  readonly roots: readonly string[];
  /** Which file answers an entrypoint; empty when the manifest does not say. */
  readonly modules: readonly WasmModule[];
}

export interface WasmModule {
  readonly entrypoint: string;
  readonly file: string;
}

export const NO_MANIFEST: Manifest = { revision: null, roots: [''], modules: [] };

/** @throws AppError when it is not a manifest (OPA: bundle file format) */
export function readManifest(bytes: Buffer): Manifest {
  const { revision, roots, wasm } = parse(bytes);
  return {
    revision: optionalText(revision, 'revision') ?? null,
    roots: roots === undefined || roots === null ? [''] : listOf(roots, 'roots').map(rootOf),
    modules: wasm === undefined || wasm === null ? [] : listOf(wasm, 'wasm').map(moduleOf),
  };
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw malformed('it is not a JSON object');
}

function rootOf(root: unknown): string {
  if (typeof root !== 'string') throw malformed('a root is not text');
  return root.replace(/^\/+|\/+$/g, '');
}

function moduleOf(entry: unknown): WasmModule {
  const { entrypoint, module } = (entry ?? {}) as Record<string, unknown>;
  const file = optionalText(module, 'module');
  const name = optionalText(entrypoint, 'entrypoint');
  if (file === undefined || name === undefined) throw malformed('a wasm module needs entrypoint and module');
  return { entrypoint: name, file: safeName(file) };
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`"${name}" is not a list`);
  return value;
}

function optionalText(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(`"${name}" is not text`);
}

/** Whether `path`, such as `authz/users`, belongs to a bundle with these roots. */
export function isWithinRoots(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => root === '' || path === root || path.startsWith(`${root}/`));
}

function malformed(why: string): AppError {
  return new AppError('invalid', `the ${MANIFEST} of the bundle is malformed: ${why}`);
}

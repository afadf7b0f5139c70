import { AppError } from '../../../src/base/errors.ts';
import { loadModule, type Module } from '../module.ts';
import type { Bundle } from './bundle.ts';

/** A bundle whose policies can be asked. */
export interface LoadedBundle {
  readonly revision: string | null;
  readonly digest: string;
  /** By entrypoint. */
  readonly modules: ReadonlyMap<string, Module>;
}

/** @throws AppError when a module of it cannot be used */
export function loadBundle({ revision, digest, modules, data, entrypoints }: Bundle): LoadedBundle {
  const loaded = new Map([...modules].map(([file, wasm]) => [file, load(file, wasm, data)]));
  if (entrypoints.length === 0) return { revision, digest, modules: byEntrypoint([...loaded.values()]) };
  const named = entrypoints.map(({ entrypoint, file }) => [entrypoint, moduleOf(entrypoint, file, loaded)] as const);
  return { revision, digest, modules: new Map(named) };
}

function load(file: string, wasm: Buffer, data: Buffer): Module {
  const loaded = loadModule(wasm, data);
  if (!loaded.ok) throw new AppError('invalid', `"${file}" of the bundle cannot be used: ${loaded.message}`);
  return loaded.module;
}

function byEntrypoint(modules: readonly Module[]): Map<string, Module> {
  return new Map(modules.flatMap((module) => module.entrypoints.map((name) => [name, module] as const)));
}

function moduleOf(entrypoint: string, file: string, loaded: ReadonlyMap<string, Module>): Module {
  const module = loaded.get(file);
  if (module?.entrypoints.includes(entrypoint) === true) return module;
  throw new AppError('invalid', `the manifest says that "${file}" answers ${entrypoint}, and it does not`);
}

/** The place of one bundle: requests look here for what is there now. It is replaced whole. */
export class BundleSlot {
  #current: LoadedBundle | null = null;
  #problem = 'it is not loaded yet';

  get current(): LoadedBundle | null {
    return this.#current;
  }

  /** Why there is none, or what was wrong with the last attempt to replace it; `''` when nothing is. */
  get problem(): string {
    return this.#problem;
  }

  replace(bundle: LoadedBundle): void {
    this.#current = bundle;
    this.#problem = '';
  }

  /** What is there stays. */
  failed(problem: string): void {
    this.#problem = problem;
  }
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RegoCompiler } from '../../../../policies/rego/compiler/compiler.ts';
import type { InputPath } from '../../../../policies/rego/compiler/input-paths.ts';
import { loadModule } from '../../../../policies/rego/module.ts';

const POLICIES = new URL('../../../fixtures/rego/policies/', import.meta.url);

export function wasmOf(name: string): Buffer {
  return readFileSync(new URL(`${name}.wasm`, POLICIES));
}

export function sourceOf(name: string): string {
  return readFileSync(new URL(`${name}.rego`, POLICIES), 'utf8');
}

/** Takes what was compiled before for the compiled source; a source is the name of a fixture. */
export function readyCompiler(paths: readonly InputPath[]): RegoCompiler {
  return {
    compile: (source) => {
      const loaded = loadModule(wasmOf(source));
      if (loaded.ok) return { ok: true, module: loaded.module, paths };
      return { ok: false, problems: [{ line: 1, column: 1, message: loaded.message, suggestion: null }] };
    },
  };
}

/** For `skip`: tests of the compilation itself need the `opa` program. */
export const NEEDS_OPA: string | false =
  spawnSync('opa', ['version']).status === 0 ? false : 'THE opa PROGRAM IS NOT HERE';

import { join } from 'node:path';
import { createCelEngine } from '../../policies/cel/engine.ts';
import type { Engine } from '../../policies/engine.ts';
import { NO_CACHE, RegoFolder } from '../../policies/rego/compiler/cache.ts';
import { createRegoCompiler } from '../../policies/rego/compiler/compiler.ts';
import { OpaProgram } from '../../policies/rego/compiler/opa.ts';
import { createRegoEngine } from '../../policies/rego/engine.ts';

export interface PolicyEngineParts {
  /** The `opa` program: a path, or a name that is looked up in PATH. */
  readonly opa: string;
  /** The data directory, where compiled Rego is kept; `null`: it is not. */
  readonly data: string | null;
}

/** The languages of conditions. */
export function createPolicyEngine({ opa, data }: PolicyEngineParts): Engine {
  const cache = data === null ? NO_CACHE : new RegoFolder(join(data, 'rego'));
  const compiler = createRegoCompiler(new OpaProgram(opa), cache);
  return { ...createCelEngine(), rego: createRegoEngine(compiler) };
}

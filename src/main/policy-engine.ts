import { join } from 'node:path';
import { createCelEngine } from '../../policies/cel/engine.ts';
import type { Engine } from '../../policies/engine.ts';
import { NO_CACHE, type RegoCache, RegoFolder } from '../../policies/rego/compiler/cache.ts';
import { createRegoCompiler, createRegoReader, type RegoCompiler } from '../../policies/rego/compiler/compiler.ts';
import { OpaProgram } from '../../policies/rego/compiler/opa.ts';
import { PreparedCompiler } from '../../policies/rego/compiler/prepared.ts';
import { createRegoEngine } from '../../policies/rego/engine.ts';

export interface PolicyEngineParts {
  /** The `opa` program: a path, or a name that is looked up in PATH. */
  readonly opa: string;
  /** The data directory, where compiled Rego is kept; `null`: it is not. */
  readonly data: string | null;
  /**
   * When Rego is compiled: `now`, and whoever asks waits; `ahead`, because the process serves, and what is missing is
   * compiled by `prepare`; `elsewhere`, and this process only reads what is in the data directory.
   */
  readonly compiles: 'now' | 'ahead' | 'elsewhere';
}

/** The languages of conditions. */
export function createPolicyEngine({ opa, data, compiles }: PolicyEngineParts): Engine {
  const cache = data === null ? NO_CACHE : new RegoFolder(join(data, 'rego'));
  return { ...createCelEngine(), rego: createRegoEngine(COMPILERS[compiles](new OpaProgram(opa), cache)) };
}

const COMPILERS: Readonly<Record<PolicyEngineParts['compiles'], (opa: OpaProgram, cache: RegoCache) => RegoCompiler>> =
  {
    now: createRegoCompiler,
    ahead: (opa, cache) => new PreparedCompiler(opa, cache),
    elsewhere: (_, cache) => createRegoReader(cache),
  };

import { createCelEngine } from '../../../policies/cel/engine.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { type CompileResult, Compiler } from '../../../src/compile/compile.ts';
import { type OwnedUpstream, UpstreamRegistry } from '../../../src/compile/upstream-registry.ts';
import { type Assembly, assemble } from '../../../src/control/assemble.ts';
import { readTexts } from '../../../src/control/read.ts';
import { canonicalPathOrNull } from '../../../src/downstream/canonical/index.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import type { UpstreamSpec } from '../../../src/upstream/spec.ts';

export interface Bench {
  readonly compiler: Compiler;
  readonly compile: (yaml: string) => CompileResult & { readonly errors: readonly string[] };
  readonly made: readonly string[];
  readonly closed: readonly string[];
}

/** A compiler over YAML, with upstreams that only say that they were made and closed. */
export function bench(): Bench {
  const made: string[] = [];
  const closed: string[] = [];
  const create = ({ url: one, balance }: UpstreamSpec): OwnedUpstream => {
    const url = one ?? balance!.endpoints[0]!.url;
    made.push(url);
    return {
      name: url,
      authority: new URL(url).host,
      forward: () => ({ status: 200, headers: new HeaderList(), body: null }),
      converse: async () => refuse('upstream-unreachable'),
      start: () => {},
      close: async () => void closed.push(url),
    };
  };
  let live: Assembly | null = null;
  const compiler = new Compiler({
    domain: 'example.com',
    engine: createCelEngine(),
    canonicalPath: canonicalPathOrNull,
    upstreams: new UpstreamRegistry(create),
  });
  return {
    compiler,
    made,
    closed,
    compile: (yaml) => {
      const assembly = assemble({
        compile: (input) => compiler.compile(input),
        files: readTexts([{ file: 'in.yaml', text: yaml }]),
        stored: [],
        isSealed: () => false,
        before: live?.owned ?? [],
      });
      const { compiled, diagnostics } = assembly;
      const errors = diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
      const commit = () => {
        live = assembly;
        compiled.commit();
      };
      return { ...compiled, commit, errors };
    },
  };
}

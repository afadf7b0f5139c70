import { createCelEngine } from '../../policies/cel/engine.ts';
import { systemClock } from '../base/clock.ts';
import { Compiler } from '../compile/compile.ts';
import { UpstreamRegistry } from '../compile/upstream-registry.ts';
import { type Assembly, assemble } from '../control/assemble.ts';
import { readTexts } from '../control/read.ts';
import type { ConfigText } from '../control/sources/files.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { createUpstream } from '../upstream/upstream.ts';

/** Reads, checks and compiles as `serve` does, and serves nothing of it. */
export function assembleOffline(texts: readonly ConfigText[]): Assembly {
  const compiler = offlineCompiler();
  const assembly = assemble({
    compile: (input) => compiler.compile(input),
    files: readTexts(texts),
    stored: [],
    isSealed: () => false,
  });
  assembly.compiled.discard();
  return assembly;
}

/** Secrets are not opened and nothing is dialled: only whether it can be made is asked. */
function offlineCompiler(): Compiler {
  const create = (spec: UpstreamSpec) => createUpstream(spec, { resolve: new ResolveTable(), clock: systemClock });
  return new Compiler({
    domain: 'localhost',
    engine: createCelEngine(),
    canonicalPath: canonicalPathOrNull,
    upstreams: new UpstreamRegistry(create),
  });
}

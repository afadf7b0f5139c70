import { systemClock } from '../base/clock.ts';
import { Compiler, type ScriptSupply } from '../compile/compile.ts';
import { UpstreamRegistry } from '../compile/upstream-registry.ts';
import { type Assembly, assemble } from '../control/assemble.ts';
import { type ReadResult, readTexts } from '../control/read.ts';
import type { ConfigText } from '../control/sources/files.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import { UnreadGeo } from '../plugins/geo/place.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { createUpstream } from '../upstream/upstream.ts';
import { DEFAULTS } from './install.ts';
import { createOfflineSupply } from './opa/offline-supply.ts';
import { createPolicyEngine } from './policy-engine.ts';
import { ANY_SHARED } from './shared.ts';

/** One for all that is asked: what was compiled before is kept. */
const ENGINE = createPolicyEngine({ opa: process.env.OSTIARY_OPA || DEFAULTS.opa, data: null, compiles: 'now' });

/** Reads, checks and compiles as `serve` does, and serves nothing of it. */
export function assembleOffline(
  texts: readonly ConfigText[],
  domain = 'localhost',
  scripts: ScriptSupply | null = null,
): Assembly {
  return assembleRead(readTexts(texts), domain, scripts);
}

/** The same for what has been read already. Without scripts nothing is said of those that Services list. */
export function assembleRead(files: ReadResult, domain: string, scripts: ScriptSupply | null = null): Assembly {
  const compiler = offlineCompiler(domain, scripts);
  const assembly = assemble({
    compile: (input) => compiler.compile(input),
    files,
    stored: [],
    isSealed: () => false,
  });
  assembly.compiled.discard();
  return assembly;
}

/** Which databases the gateway is going to be given is not known. */
const EVERYWHERE = new UnreadGeo(['places', 'networks']);

/** Secrets are not opened and nothing is dialled: only whether it can be made is asked. */
function offlineCompiler(domain: string, scripts: ScriptSupply | null): Compiler {
  const create = (spec: UpstreamSpec) => createUpstream(spec, { resolve: new ResolveTable(), clock: systemClock });
  return new Compiler({
    domain,
    engine: ENGINE,
    opa: createOfflineSupply(),
    canonicalPath: canonicalPathOrNull,
    // Where these are going to serve is not known here.
    allowsFaults: true,
    geo: EVERYWHERE,
    ...(scripts !== null && { scripts }),
    shared: ANY_SHARED,
    upstreams: new UpstreamRegistry(create),
  });
}

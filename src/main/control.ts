import { createCelEngine } from '../../policies/cel/engine.ts';
import { systemClock } from '../base/clock.ts';
import { Compiler } from '../compile/compile.ts';
import { UpstreamRegistry } from '../compile/upstream-registry.ts';
import { Controller, type LoadReport } from '../control/controller.ts';
import { type ConfigText, FileSource } from '../control/sources/files.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { seal } from '../secrets/seal.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { createUpstream } from '../upstream/upstream.ts';
import type { InstallConfig } from './install.ts';
import type { State } from './state.ts';

export interface ControlParts {
  readonly install: InstallConfig;
  readonly state: State;
  readonly metrics: Metrics;
  readonly extraCas: readonly string[];
  readonly fixedTexts: readonly ConfigText[];
  readonly loaded: (report: LoadReport) => void;
  readonly warn: (message: string) => void;
}

/** The control plane, with the snapshot that it last made live. */
export interface Control {
  readonly controller: Controller;
  readonly snapshot: () => Snapshot;
}

/** Loads the configuration and keeps it loaded. @throws AppError when there is nothing that could serve. */
export async function startControl(parts: ControlParts, stack: AsyncDisposableStack): Promise<Control> {
  const { install, state, metrics, fixedTexts } = parts;
  const compiler = createCompiler(parts, stack);
  let live: Snapshot | null = null;
  const controller = new Controller({
    store: state.store,
    files: new FileSource(install.files, fixedTexts),
    compile: (input) => compiler.compile(input),
    seal: (name, value) => seal(state.ring, name, value),
    vault: state.vault,
    swapped: (snapshot) => {
      live = snapshot;
      const names = snapshot.services.map(({ name }) => name);
      metrics.serving(snapshot.generation, names);
    },
    loaded: (report) => tell(parts, report),
  });
  stack.defer(() => controller.close());
  await controller.start();
  return { controller, snapshot: () => live! };
}

function tell({ metrics, state, warn, loaded }: ControlParts, report: LoadReport): void {
  metrics.reloaded(report.live ? 'applied' : 'rejected');
  for (const problem of state.vault.problems()) warn(problem);
  loaded(report);
}

function createCompiler({ install, extraCas }: ControlParts, stack: AsyncDisposableStack): Compiler {
  const resolve = new ResolveTable(install.resolve);
  const upstreams = new UpstreamRegistry((spec: UpstreamSpec) =>
    createUpstream(spec, { resolve, extraCas, clock: systemClock }),
  );
  stack.defer(() => upstreams.close());
  return new Compiler({
    domain: install.domain,
    engine: createCelEngine(),
    canonicalPath: canonicalPathOrNull,
    upstreams,
  });
}

import { hasErrors } from '../base/diagnostic.ts';
import { messageOf } from '../base/errors.ts';
import type { Compiler } from '../compile/compile.ts';
import type { Assembly } from '../control/assemble.ts';
import { Controller, type LoadReport } from '../control/controller.ts';
import { type ConfigText, FileSource } from '../control/sources/files.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { seal } from '../secrets/seal.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { InstallConfig } from './install.ts';
import type { Supply } from './opa/supply.ts';
import type { ScriptFolders } from './scripts.ts';
import type { State } from './state.ts';

export interface ControlParts {
  readonly install: InstallConfig;
  readonly state: State;
  readonly metrics: Metrics;
  readonly compiler: Compiler;
  readonly opa: Supply;
  readonly scripts: ScriptFolders;
  readonly fixedTexts: readonly ConfigText[];
  readonly loaded: (report: LoadReport) => void;
  /** Told when another snapshot went live; a change is reported once this is through. Must not reject. */
  readonly swapped: (snapshot: Snapshot, assembly: Assembly) => void | Promise<void>;
  readonly warn: (message: string) => void;
}

/** The control plane, with the snapshot that it last made live. */
export interface Control {
  readonly controller: Controller;
  readonly snapshot: () => Snapshot;
  /** Reads files and scripts again. */
  readonly reload: () => Promise<LoadReport>;
}

/** Loads the configuration and keeps it loaded. @throws AppError when there is nothing that could serve. */
export async function startControl(parts: ControlParts, stack: AsyncDisposableStack): Promise<Control> {
  const { install, state, metrics, compiler, scripts, fixedTexts } = parts;
  let live: Snapshot | null = null;
  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  const controller = new Controller({
    store: state.store,
    files: new FileSource(install.files, fixedTexts),
    compile: (input) => compiler.compile(input),
    prepare: (signal) => compiler.prepare(AbortSignal.any([signal, stopping.signal])),
    seal: (name, value) => seal(state.ring, name, value),
    vault: state.vault,
    swapped: async (snapshot, assembly) => {
      live = snapshot;
      metrics.serving(
        snapshot.generation,
        snapshot.services.map(({ name }) => name),
      );
      metrics.configErrors(assembly.diagnostics.filter(({ severity }) => severity === 'error').length);
      await parts.swapped(snapshot, assembly);
      // what a configuration with mistakes was meant to name is not known
      if (!hasErrors(assembly.diagnostics)) parts.opa.prune();
    },
    loaded: (report) => tell(parts, report),
  });
  stack.defer(() => controller.close());
  const reload = async () => {
    await scripts.look();
    return controller.reload();
  };
  await scripts.look();
  await controller.start();
  scripts.watch(() => void reload().catch((thrown: unknown) => parts.warn(messageOf(thrown))));
  return { controller, snapshot: () => live!, reload };
}

function tell({ metrics, state, warn, loaded }: ControlParts, report: LoadReport): void {
  metrics.reloaded(report.live ? 'applied' : 'rejected');
  for (const problem of state.vault.problems()) warn(problem);
  loaded(report);
}

import { newSealingKey } from '../../identity/sign-in/cookie-sealer.ts';
import type { AdminApi } from '../admin/api.ts';
import type { AdminListener } from '../admin/listener.ts';
import type { LoadReport } from '../control/controller.ts';
import type { ConfigText } from '../control/sources/files.ts';
import { tellAccessChanges } from './access-changes.ts';
import { keepSweeping, openAdmin, openHealth } from './admin.ts';
import { createCompiler } from './compiler.ts';
import { startControl } from './control.ts';
import { type DataPlane, openDataPlane, type PublicAddresses } from './data-plane.ts';
import { DirectoryChanges } from './directory-changes.ts';
import type { InstallConfig } from './install.ts';
import { openLocalLimits } from './limits.ts';
import { openObservability } from './observability.ts';
import { openSupply } from './opa/supply.ts';
import { openScriptFolders, openScripts } from './scripts.ts';
import { openShared } from './shared.ts';
import { openSigningKeys } from './signing-keys.ts';
import { openState } from './state.ts';

export interface GatewayOptions {
  readonly install: InstallConfig;
  /** Told of each load, for the console. */
  readonly loaded: (report: LoadReport) => void;
  /** Told of what goes wrong beside requests. */
  readonly warn: (message: string) => void;
  /** PEM certificates that upstreams may present beside the system's roots. */
  readonly extraCas?: readonly string[];
  /** Resources that stand in no file, such as those that a demo makes for itself. */
  readonly fixedTexts?: readonly ConfigText[];
}

/** A running gateway, in one process or in several. */
export interface Gateway extends PublicAddresses {
  readonly adminListener: AdminListener['address'] | null;
  readonly admin: AdminApi;
  /** Reads files again, certificates too, and reopens the log. */
  reload(): Promise<LoadReport>;
  /** Stops accepting, lets requests under way finish for at most `drainMs`, then closes everything. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Control plane and data plane in one process.
 *
 * @throws AppError when something that is needed to start is missing or refused; then nothing stays open.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  await using opening = new AsyncDisposableStack();
  const { drain, ...gateway } = await open(options, opening);
  const opened = opening.move();
  const stop = async (drainMs: number) => {
    await drain(drainMs);
    await opened.disposeAsync();
  };
  return { ...gateway, stop };
}

interface OpenGateway extends Omit<Gateway, 'stop'> {
  readonly drain: (ms: number) => Promise<void>;
}

async function open(options: GatewayOptions, stack: AsyncDisposableStack): Promise<OpenGateway> {
  const { install, loaded, warn, extraCas = [], fixedTexts = [] } = options;
  const state = openState(install.data, stack);
  const { sink, accessLog, metrics } = openObservability(install.accessLog, warn, stack);
  const opa = openSupply({ data: install.data, openSecret: state.vault.open, downloads: true, warn }, stack);
  metrics.watchBundles(() => opa.status());
  const signing = await openSigningKeys({ state, changed: async () => {}, warn }, stack);
  const signingKeys = signing.keys;
  const limits = await openLocalLimits(state.store, stack);
  const shared = await openShared({ install, metrics, warn }, stack);
  const scripts = openScripts({ isServing: true, warn }, stack);
  const compiler = createCompiler(
    { install, extraCas, isServing: true, rego: 'ahead', warn, opa, signingKeys, limits, metrics, scripts, shared },
    stack,
  );
  let dataPlane: DataPlane | null = null;
  const swapped = () => dataPlane?.snapshotChanged();
  const folders = openScriptFolders(install, scripts, stack);
  const control = await startControl(
    { install, state, metrics, compiler, opa, scripts: folders, fixedTexts, loaded, swapped, warn },
    stack,
  );
  const directoryChanges = new DirectoryChanges(() => control.controller);
  const signInKey = newSealingKey();
  dataPlane = await openDataPlane(
    {
      install,
      snapshot: control.snapshot,
      observers: [accessLog, metrics],
      store: state.store.identity,
      openSecret: state.vault.open,
      signInKey,
      signingKeys,
      texts: state.texts,
      changeDirectory: (changes) => directoryChanges.change(changes),
      sessionChanged: () => {},
      accessChanged: tellAccessChanges(metrics, warn),
      warn,
    },
    stack,
  );
  const { identity, addresses, reload, stopAccepting, drain } = dataPlane;
  keepSweeping(identity, warn, stack);
  const admin = await openAdmin(
    {
      install,
      state,
      control,
      identity,
      opa,
      signing,
      figures: async () => [await metrics.figures()],
      signInKey,
      warn,
    },
    stack,
  );
  let draining = false;
  const render = async () => ({ contentType: metrics.contentType, text: await metrics.render() });
  const health = { isStarted: () => true, isReady: () => !draining, metrics: render };
  const adminListener = await openHealth(install, health, stack);
  return {
    ...addresses,
    adminListener: adminListener?.address ?? null,
    admin,
    reload: async () => {
      sink.reopen();
      await reload();
      return control.reload();
    },
    drain: async (ms) => {
      draining = true;
      await stopAccepting();
      await drain(ms);
    },
  };
}

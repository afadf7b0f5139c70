import { NO_RULES } from '../../../identity/authentication-rules.ts';
import { Directory } from '../../../identity/directory/directory.ts';
import type { CurrentIdentity } from '../../../identity/oidc/refresher.ts';
import type { DirectoryWriter } from '../../../identity/ports.ts';
import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { NO_LIMITS } from '../../gateway/limits/limits.ts';
import type { SigningKeys } from '../../secrets/signing/signing-keys.ts';
import { openLogSink } from '../../telemetry/log-sink.ts';
import { mergedText } from '../../telemetry/merged-figures.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { tellAccessChanges } from '../access-changes.ts';
import { keepSweeping, openAdmin, openHealth } from '../admin.ts';
import { createCompiler } from '../compiler.ts';
import { startControl } from '../control.ts';
import { DirectoryChanges } from '../directory-changes.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { createIdentityLayer } from '../identity.ts';
import { openLimitOwner } from '../limits.ts';
import { openSupply } from '../opa/supply.ts';
import { openScriptFolders, openScripts } from '../scripts.ts';
import { sharedAsJudged } from '../shared.ts';
import { openSigningKeys } from '../signing-keys.ts';
import { openState, type State } from '../state.ts';
import { handedConfiguration } from '../worker/handed-configuration.ts';
import { checkAddresses } from './check-addresses.ts';
import { passLines } from './whole-lines.ts';
import { WorkerPool } from './worker-pool.ts';

/**
 * The control plane in this process, and `install.workers` processes that serve requests on shared ports.
 *
 * @throws AppError when something that is needed to start is missing or refused; then nothing stays open.
 */
export async function startSupervisor(options: GatewayOptions): Promise<Gateway> {
  await using opening = new AsyncDisposableStack();
  const { pool, ...gateway } = await open(options, opening);
  const opened = opening.move();
  const stop = async (drainMs: number) => {
    await pool.drain(drainMs);
    await opened.disposeAsync();
  };
  return { ...gateway, stop };
}

interface OpenSupervisor extends Omit<Gateway, 'stop'> {
  readonly pool: WorkerPool;
}

async function open(options: GatewayOptions, stack: AsyncDisposableStack): Promise<OpenSupervisor> {
  const { install, loaded, warn, extraCas = [], fixedTexts = [] } = options;
  await checkAddresses(install.redirectListen === null ? install.listen : [...install.listen, install.redirectListen]);
  const state = openState(install.data, stack);
  const { metrics, output } = openTelemetry(options, stack);
  const directoryChanges = new DirectoryChanges(() => control.controller);
  const limits = await openLimitOwner(state.store, install.workers, stack);
  const pool = openPool(
    {
      install,
      extraCas,
      output,
      warn,
      sessionChanged: () => {},
      changeDirectory: (changes) => directoryChanges.change(changes),
      limits,
    },
    stack,
  );
  const opa = openSupply({ data: install.data, openSecret: state.vault.open, downloads: true, warn }, stack);
  metrics.watchBundles(() => opa.status());
  const signing = await openSigningKeys({ state, changed: (keys) => pool.handSigningKeys(keys), warn }, stack);
  const signingKeys = signing.keys;
  const scripts = openScripts({ isServing: false, warn }, stack);
  const judging = { isServing: false, limits: NO_LIMITS, shared: sharedAsJudged(install) } as const;
  const compiling = { install, extraCas, rego: 'ahead', warn, opa, signingKeys, metrics, scripts } as const;
  const compiler = createCompiler({ ...compiling, ...judging }, stack);
  const swapped: Parameters<typeof startControl>[0]['swapped'] = (_snapshot, assembly) =>
    pool.publish(handedConfiguration(assembly, state.vault.handOver(), scripts.set));
  const folders = openScriptFolders(install, scripts, stack);
  const control = await startControl(
    { install, state, metrics, compiler, opa, scripts: folders, fixedTexts, loaded, swapped, warn },
    stack,
  );
  const identity = identityOf(state, pool, { signingKeys, metrics, warn });
  keepSweeping(identity, warn, stack);
  const admin = await openAdmin(
    { install, state, control, identity, opa, signing, figures: () => pool.figures(), signInKey: pool.signInKey, warn },
    stack,
  );
  const addresses = await pool.start();
  const health = { isStarted: () => true, isReady: () => pool.isReady, metrics: () => metricsPage(metrics, pool) };
  const adminListener = await openHealth(install, health, stack);
  return {
    ...addresses,
    adminListener: adminListener?.address ?? null,
    admin,
    pool,
    reload: () => {
      pool.reload();
      return control.reload();
    },
  };
}

/** This process logs no requests of its own; it passes on what its workers write to standard output. */
function openTelemetry({ install, warn }: GatewayOptions, stack: AsyncDisposableStack) {
  if (install.accessLog !== '-') return { metrics: createMetrics({ accessLogDropped: () => 0 }), output: null };
  const sink = openLogSink('-', { onError: (error) => warn(`access log: ${error.message}`) });
  stack.defer(() => sink.close());
  const metrics = createMetrics({ accessLogDropped: () => sink.dropped });
  return { metrics, output: (stream: Parameters<typeof passLines>[0]) => passLines(stream, sink) };
}

/** However this process ends, short of being killed, its workers end with it. */
function openPool(parts: ConstructorParameters<typeof WorkerPool>[0], stack: AsyncDisposableStack): WorkerPool {
  const pool = new WorkerPool(parts);
  const kill = () => pool.kill();
  process.on('exit', kill);
  stack.defer(() => {
    kill();
    process.off('exit', kill);
  });
  return pool;
}

const NO_WRITER: DirectoryWriter = {
  change: () => Promise.reject(new AppError('unavailable', 'nobody signs in here')),
};
const NOBODY: CurrentIdentity = {
  directory: new Directory([], [], []),
  identityProviders: [],
  authentication: NO_RULES,
};

/** For the admin API: nobody signs in here. */
function identityOf(
  { store, vault, texts }: State,
  pool: WorkerPool,
  { signingKeys, metrics, warn }: { signingKeys: SigningKeys; metrics: Metrics; warn: (message: string) => void },
) {
  return createIdentityLayer({
    store: store.identity,
    openSecret: vault.open,
    texts,
    directories: NO_WRITER,
    current: () => NOBODY,
    clock: systemClock,
    sessionChanged: (uid) => pool.sessionChanged(uid),
    accessChanged: tellAccessChanges(metrics, warn),
    grantLost: () => {},
    signInKey: pool.signInKey,
    signingKeys,
    warn,
  });
}

async function metricsPage(metrics: Metrics, pool: WorkerPool) {
  const all = [await metrics.figures(), ...(await pool.figures())];
  return { contentType: metrics.contentType, text: await mergedText(all) };
}

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCelEngine } from '../../policies/cel/engine.ts';
import { buildInput } from '../../policies/input.ts';
import { createAdminService } from '../admin/admin-service.ts';
import type { AdminApi } from '../admin/api.ts';
import { type AdminListener, openAdminListener } from '../admin/listener.ts';
import { openAdminSocket } from '../admin/socket.ts';
import { systemClock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { Compiler } from '../compile/compile.ts';
import { UpstreamRegistry } from '../compile/upstream-registry.ts';
import { Controller, type LoadReport } from '../control/controller.ts';
import { type ConfigText, FileSource } from '../control/sources/files.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import { type Listener, listen } from '../downstream/listener.ts';
import { spellRefusal } from '../downstream/refusals.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Kernel } from '../gateway/kernel.ts';
import { createKernel } from '../gateway/pipeline.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { KeyRing } from '../secrets/key-ring.ts';
import { reseal } from '../secrets/reseal.ts';
import { seal } from '../secrets/seal.ts';
import { textSealer } from '../secrets/text-sealer.ts';
import { Vault } from '../secrets/vault.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createAccessLog } from '../telemetry/access-log.ts';
import { openLogSink } from '../telemetry/log-sink.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import { createUpstream } from '../upstream/upstream.ts';
import { createIdentityLayer, type IdentityLayer } from './identity.ts';
import type { InstallConfig } from './install.ts';
import { refusalPages } from './refusal-pages.ts';
import { createSite } from './site.ts';

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

/** A running gateway: control plane and data plane in one process. */
export interface Gateway {
  readonly listeners: readonly Listener['address'][];
  readonly adminListener: AdminListener['address'] | null;
  readonly admin: AdminApi;
  /** Reads files again and reopens the log. */
  reload(): Promise<LoadReport>;
  /** Stops accepting, lets requests under way finish for at most `drainMs`, then closes everything. */
  stop(drainMs: number): Promise<void>;
}

const SWEEP_MS = 60_000;

/** @throws AppError when something that is needed to start is missing or refused. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { install } = options;
  const closers: (() => unknown)[] = [];
  try {
    return await build(options, closers);
  } catch (thrown) {
    for (const close of closers.reverse()) await close();
    if (isAddressError(thrown)) throw new AppError('unavailable', addressMessage(thrown, install), { cause: thrown });
    throw thrown;
  }
}

async function build(
  { install, loaded, warn, extraCas = [], fixedTexts = [] }: GatewayOptions,
  closers: (() => unknown)[],
): Promise<Gateway> {
  const clock = systemClock;
  mkdirSync(install.data, { recursive: true, mode: 0o700 });
  const ring = KeyRing.open(install.data);
  const store = openSqliteStore(join(install.data, 'ostiary.db'), { texts: textSealer(ring) });
  closers.push(() => store.close());
  const vault = new Vault(ring, store.secrets);
  const sink = openLogSink(install.accessLog, { onError: (error) => warn(`access log: ${error.message}`) });
  closers.push(() => sink.close());
  const accessLog = createAccessLog(sink, clock);
  closers.push(() => accessLog.close());
  const metrics = createMetrics({ accessLogDropped: () => sink.dropped });

  const upstreams = new UpstreamRegistry((spec: Parameters<typeof createUpstream>[0]) =>
    createUpstream(spec, { resolve: new ResolveTable(install.resolve), extraCas, clock }),
  );
  closers.push(() => upstreams.close());
  const compiler = new Compiler({
    domain: install.domain,
    engine: createCelEngine(),
    secrets: { openSecret: vault.open, version: vault.version },
    canonicalPath: canonicalPathOrNull,
    upstreams,
  });
  const live: { snapshot: Snapshot | null } = { snapshot: null };
  const controller = new Controller({
    store,
    files: new FileSource(install.files, fixedTexts),
    compile: (input) => compiler.compile(input),
    seal: (name, value) => seal(ring, name, value),
    vault,
    swapped: (snapshot) => {
      live.snapshot = snapshot;
      metrics.serving(
        snapshot.generation,
        snapshot.services.map(({ name }) => name),
      );
    },
    loaded: (report) => {
      metrics.reloaded(report.live ? 'applied' : 'rejected');
      for (const problem of vault.problems()) warn(problem);
      loaded(report);
    },
  });
  closers.push(() => controller.close());
  await controller.start();

  const identity = createIdentityLayer(store.identity, vault.open, clock);
  const sweep = setInterval(() => sweepQuietly(identity, warn), SWEEP_MS).unref();
  closers.push(() => clearInterval(sweep));
  const kernel = kernelOf(identity, [accessLog, metrics]);
  const listeners = await listenAll(install, kernel, () => live.snapshot!, closers);

  const rotateKeys = async () => {
    const keyId = ring.rotate();
    const { count } = await reseal(ring, store.secrets);
    await vault.reload();
    return { keyId, resealed: count };
  };
  const { sessions, accessTokens } = identity;
  const admin = createAdminService({ controller, sessions, accessTokens, rotateKeys, clock });
  const socket = await openAdminSocket(join(install.data, 'admin.sock'), admin);
  closers.push(() => socket.close());
  const state = { draining: false };
  const adminListener = await openAdmin(install, metrics, () => !state.draining);
  if (adminListener !== null) closers.push(() => adminListener.close());

  return {
    listeners: listeners.map(({ address }) => address),
    adminListener: adminListener?.address ?? null,
    admin,
    reload: () => {
      sink.reopen();
      return controller.reload();
    },
    stop: async (drainMs) => {
      state.draining = true;
      await Promise.all(listeners.map((listener) => listener.drain(drainMs)));
      for (const close of closers.reverse()) await close();
    },
  };
}

function kernelOf(identity: IdentityLayer, observers: Parameters<typeof createKernel>[0]['observers']): Kernel {
  const clock = systemClock;
  return createKernel({
    clock,
    identify: identity.identify,
    buildInput: (x) => inputOf(x, clock.now()),
    site: createSite({ signIn: identity.site, identify: identity.identify, clock }),
    spell: (x, refusal) => spellRefusal(x, refusal, refusalPages),
    observers,
  });
}

function inputOf(x: Exchange, time: number) {
  const { resource, namespace } = x.service!;
  return buildInput({
    request: x.request,
    principal: x.principal!,
    service: resource,
    namespace,
    body: x.buffered,
    time,
  });
}

async function listenAll(
  install: InstallConfig,
  kernel: Kernel,
  snapshot: () => Snapshot,
  closers: (() => unknown)[],
): Promise<Listener[]> {
  const tls = install.tls === null ? {} : { tls: readTls(install.tls) };
  const listeners: Listener[] = [];
  for (const { host, port } of install.listen) {
    const listener = await listen({ host, port, kernel, snapshot, clock: systemClock, ...tls });
    closers.push(() => listener.close());
    listeners.push(listener);
  }
  return listeners;
}

function readTls({ cert, key }: NonNullable<InstallConfig['tls']>) {
  try {
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch (cause) {
    throw new AppError('not-found', `the certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function openAdmin({ adminListen }: InstallConfig, metrics: Metrics, isReady: () => boolean) {
  if (adminListen === null) return null;
  return openAdminListener(adminListen.host, adminListen.port, {
    isStarted: () => true,
    isReady,
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
  });
}

function sweepQuietly({ sessions }: IdentityLayer, warn: (message: string) => void): void {
  sessions.sweep().catch((thrown: unknown) => warn(`expired sessions could not be removed: ${messageOf(thrown)}`));
}

function isAddressError(thrown: unknown): thrown is NodeJS.ErrnoException & { port: number } {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL';
}

function addressMessage(error: NodeJS.ErrnoException & { port?: number }, install: InstallConfig): string {
  const where =
    error.port === undefined ? install.listen.map(({ host, port }) => `${host}:${port}`).join(', ') : error.port;
  if (error.code === 'EADDRINUSE')
    return `port ${where} is taken by another program; choose one with --listen or --port`;
  return `${where} cannot be listened on: ${error.message}`;
}

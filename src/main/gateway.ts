import { join } from 'node:path';
import { buildInput } from '../../policies/input.ts';
import { createAdminService } from '../admin/admin-service.ts';
import type { AdminApi } from '../admin/api.ts';
import { type AdminListener, openAdminListener } from '../admin/listener.ts';
import { openAdminSocket } from '../admin/socket.ts';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { LoadReport } from '../control/controller.ts';
import type { ConfigText } from '../control/sources/files.ts';
import type { Listener } from '../downstream/listener.ts';
import { spellRefusal } from '../downstream/refusals.ts';
import { defaultBodyLimits } from '../gateway/body-budget.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Kernel, Observer } from '../gateway/kernel.ts';
import { createKernel } from '../gateway/pipeline.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Control, startControl } from './control.ts';
import { createIdentityLayer, type IdentityLayer } from './identity.ts';
import type { InstallConfig } from './install.ts';
import { cannotListen, openListeners } from './listeners.ts';
import { openObservability } from './observability.ts';
import { refusalPages } from './refusal-pages.ts';
import { createSite } from './site.ts';
import { openState, rotateKeys, type State } from './state.ts';

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

/** @throws AppError when something that is needed to start is missing or refused; then nothing stays open. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  await using opening = new AsyncDisposableStack();
  const gateway = await open(options, opening);
  const opened = opening.move();
  return { ...gateway, stop: (drainMs) => stop(gateway, drainMs, opened) };
}

interface OpenGateway extends Omit<Gateway, 'stop'> {
  readonly drain: (ms: number) => Promise<unknown>;
}

async function open(options: GatewayOptions, stack: AsyncDisposableStack): Promise<OpenGateway> {
  const { install, loaded, warn, extraCas = [], fixedTexts = [] } = options;
  const state = openState(install.data, stack);
  const { sink, accessLog, metrics } = openObservability(install.accessLog, warn, stack);
  const control = await startControl({ install, state, metrics, extraCas, fixedTexts, loaded, warn }, stack);
  const identity = createIdentityLayer(state.store.identity, state.vault.open, systemClock);
  keepSweeping(identity, warn, stack);
  const kernel = kernelOf(identity, [accessLog, metrics]);
  const listeners = await openListeners(install, kernel, control.snapshot, stack);
  const admin = await openAdmin(install, state, control, identity, stack);
  let draining = false;
  const adminListener = await openHealth(install, metrics, () => !draining, stack);
  return {
    listeners: listeners.map(({ address }) => address),
    adminListener: adminListener?.address ?? null,
    admin,
    reload: () => {
      sink.reopen();
      return control.controller.reload();
    },
    drain: (ms) => {
      draining = true;
      return Promise.all(listeners.map((listener) => listener.drain(ms)));
    },
  };
}

async function stop({ drain }: OpenGateway, drainMs: number, opened: AsyncDisposableStack): Promise<void> {
  await drain(drainMs);
  await opened.disposeAsync();
}

function kernelOf(identity: IdentityLayer, observers: readonly Observer[]): Kernel {
  const clock = systemClock;
  return createKernel({
    clock,
    identify: identity.identify,
    buildInput: (x) => inputOf(x, clock.now()),
    site: createSite({ signIn: identity.site, identify: identity.identify, clock }),
    spell: (x, refusal) => spellRefusal(x, refusal, refusalPages),
    observers,
    bodyLimits: defaultBodyLimits(),
  });
}

function inputOf(x: Exchange, time: number) {
  const { resource, namespace } = x.service!;
  const { request, principal, buffered } = x;
  return buildInput({ request, principal: principal!, service: resource, namespace, body: buffered, time });
}

async function openAdmin(
  install: InstallConfig,
  state: State,
  { controller }: Control,
  { sessions, accessTokens }: IdentityLayer,
  stack: AsyncDisposableStack,
): Promise<AdminApi> {
  const clock = systemClock;
  const rotate = () => rotateKeys(state);
  const admin = createAdminService({ controller, sessions, accessTokens, rotateKeys: rotate, clock });
  const socket = await openAdminSocket(join(install.data, 'admin.sock'), admin);
  stack.defer(() => socket.close());
  return admin;
}

async function openHealth(
  { adminListen }: InstallConfig,
  metrics: Metrics,
  isReady: () => boolean,
  stack: AsyncDisposableStack,
): Promise<AdminListener | null> {
  if (adminListen === null) return null;
  const { host, port } = adminListen;
  const opened = openAdminListener(host, port, {
    isStarted: () => true,
    isReady,
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
  });
  const listener = await opened.catch((thrown: unknown) => cannotListen(thrown, adminListen));
  stack.defer(() => listener.close());
  return listener;
}

/** Expired sessions are refused wherever they are; this keeps them from piling up. */
function keepSweeping({ sessions }: IdentityLayer, warn: (message: string) => void, stack: AsyncDisposableStack): void {
  const sweep = () =>
    sessions.sweep().catch((thrown: unknown) => warn(`expired sessions were not removed: ${messageOf(thrown)}`));
  const timer = setInterval(sweep, SWEEP_MS).unref();
  stack.defer(() => clearInterval(timer));
}

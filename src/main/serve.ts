import { formatDiagnostic } from '../base/diagnostic.ts';
import { type Command, flag, type Invocation, type Io, text, texts } from '../cli/command.ts';
import type { LoadReport } from '../control/controller.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { defined, type InstallConfig, type InstallSettings, installConfig, readInstallFile } from './install.ts';
import { tlsSettings } from './install-tls.ts';
import { checkAdminAddress } from './listeners.ts';
import { type ProcessFaults, watchProcessFaults } from './process-faults.ts';
import { limitSettings } from './process-settings.ts';
import { redisSettings } from './redis-install.ts';

export const INSTALL_OPTIONS = {
  config: { type: 'string', short: 'c' },
  file: { type: 'string', short: 'f', multiple: true },
  plugins: { type: 'string', multiple: true },
  domain: { type: 'string' },
  listen: { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  'tls-client-certificate': { type: 'string' },
  'redirect-listen': { type: 'string' },
  'admin-listen': { type: 'string' },
  'admin-listen-unauthenticated-on-any-address': { type: 'boolean' },
  data: { type: 'string' },
  opa: { type: 'string' },
  'geoip-database': { type: 'string' },
  'geoip-asn-database': { type: 'string' },
  workers: { type: 'string' },
  drain: { type: 'string' },
  'limits-connections': { type: 'string' },
  'limits-connections-per-address': { type: 'string' },
  resolve: { type: 'string', multiple: true },
  'access-log': { type: 'string' },
  'allow-fault-injection-that-breaks-requests-on-purpose': { type: 'boolean' },
  redis: { type: 'string' },
  'redis-file': { type: 'string' },
  'redis-key-file': { type: 'string' },
  'redis-timeout': { type: 'string' },
} as const;

export const serveCommand: Command = {
  name: 'serve',
  usage:
    '[-c ostiary.yaml] [-f PATH]… [--plugins DIR]… [--domain D] [--listen HOST:PORT]… [--tls-cert F --tls-key F] ' +
    '[--tls-client-ca F [--tls-client-certificate optional|required]] [--redirect-listen HOST:PORT] ' +
    '[--admin-listen HOST:PORT|off [--admin-listen-unauthenticated-on-any-address]] ' +
    '[--data DIR] [--opa PROGRAM] [--geoip-database F] [--geoip-asn-database F] [--resolve HOST:PORT:ADDR:PORT]… [--access-log -|PATH] [--workers N|auto] [--drain 30s] ' +
    '[--limits-connections N] [--limits-connections-per-address N] ' +
    '[--allow-fault-injection-that-breaks-requests-on-purpose] ' +
    '[--redis URL | --redis-file F] [--redis-key-file F] [--redis-timeout 250ms]',
  summary: 'Run the gateway.',
  options: INSTALL_OPTIONS,
  run: async (invocation) => {
    const { options, io } = invocation;
    const file = text(options, 'config');
    const install = installConfig(flagSettings(invocation), io.env, file === null ? {} : readInstallFile(file));
    const warn = (message: string) => io.err(`ostiary: ${message}\n`);
    checkAdminAddress(install, flag(options, 'admin-listen-unauthenticated-on-any-address'), warn);
    using faults = watchProcessFaults(io);
    const signals = watchSignals();
    const reports = reportsTo(io);
    const gateway = await start({ install, loaded: reports.loaded, warn });
    reports.listening();
    printAddresses(io, gateway, install.tls === null ? 'http' : 'https');
    return await untilStopped({ io, gateway, install, faults, signals });
  },
};

/** Most commands only talk to a running gateway and start faster without one. */
async function start(options: GatewayOptions): Promise<Gateway> {
  if (options.install.workers === 1) return (await import('./gateway.ts')).startGateway(options);
  return (await import('./supervisor/supervisor.ts')).startSupervisor(options);
}

function flagSettings({ options }: Invocation): InstallSettings {
  const many = (name: string) => (texts(options, name).length === 0 ? undefined : texts(options, name));
  return defined({
    domain: text(options, 'domain') ?? undefined,
    listen: many('listen'),
    tls: tlsSettings({
      cert: text(options, 'tls-cert') ?? undefined,
      key: text(options, 'tls-key') ?? undefined,
      clientCa: text(options, 'tls-client-ca') ?? undefined,
      clientCertificate: text(options, 'tls-client-certificate') ?? undefined,
    }),
    redirectListen: text(options, 'redirect-listen') ?? undefined,
    adminListen: text(options, 'admin-listen') ?? undefined,
    data: text(options, 'data') ?? undefined,
    opa: text(options, 'opa') ?? undefined,
    geoipDatabase: text(options, 'geoip-database') ?? undefined,
    geoipAsnDatabase: text(options, 'geoip-asn-database') ?? undefined,
    files: many('file'),
    plugins: many('plugins'),
    resolve: many('resolve'),
    accessLog: text(options, 'access-log') ?? undefined,
    allowFaultInjectionThatBreaksRequestsOnPurpose:
      flag(options, 'allow-fault-injection-that-breaks-requests-on-purpose') || undefined,
    redis: redisSettings({
      url: text(options, 'redis') ?? undefined,
      urlFile: text(options, 'redis-file') ?? undefined,
      keyFile: text(options, 'redis-key-file') ?? undefined,
      timeout: text(options, 'redis-timeout') ?? undefined,
    }),
    workers: text(options, 'workers') ?? undefined,
    drain: text(options, 'drain') ?? undefined,
    limits: limitSettings(
      ['limits-connections', 'limits-connections-per-address'].map((name) => text(options, name) ?? undefined),
    ),
  });
}

/** What each load found, at once; what became of the first one only when there is somebody to whom it is live. */
function reportsTo(io: Io): { readonly loaded: (report: LoadReport) => void; readonly listening: () => void } {
  let first: LoadReport | null = null;
  let listening = false;
  return {
    loaded: (report) => {
      printDiagnostics(io, report);
      if (listening) printResult(io, report);
      else first = report;
    },
    listening: () => {
      listening = true;
      if (first !== null) printResult(io, first);
    },
  };
}

export function printDiagnostics(io: Io, { diagnostics }: LoadReport): void {
  for (const diagnostic of diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
}

export function printResult(io: Io, { live, generation, diagnostics }: LoadReport): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const found = errors === 0 ? '' : `; ${errors} ${errors === 1 ? 'error' : 'errors'} above`;
  io.err(
    live ? `ostiary: generation ${generation} is live${found}\n` : `ostiary: generation ${generation} stays${found}\n`,
  );
}

function printAddresses(io: Io, { listeners, redirectListener, adminListener }: Gateway, scheme: string): void {
  for (const { host, port } of listeners) io.err(`ostiary: listening on ${scheme}://${authority(host, port)}\n`);
  if (redirectListener !== null) {
    io.err(`ostiary: redirecting http://${authority(redirectListener.host, redirectListener.port)} to https\n`);
  }
  if (adminListener !== null) {
    io.err(`ostiary: admin listener on http://${authority(adminListener.host, adminListener.port)}\n`);
  }
}

function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Heard from the first moment on: a manager may ask to stop before the start is through. */
export interface Signals {
  /** SIGTERM or SIGINT came. */
  readonly stop: Promise<void>;
  /** What SIGHUP does; nothing until it is set. */
  reload: () => void;
}

export function watchSignals(): Signals {
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const signals: Signals = { stop, reload: () => {} };
  process.on('SIGHUP', () => signals.reload());
  return signals;
}

export interface Running {
  readonly io: Io;
  readonly gateway: Gateway;
  readonly install: Pick<InstallConfig, 'data' | 'drain'>;
  readonly faults: ProcessFaults;
  readonly signals: Signals;
}

/** SIGHUP reads the files again, SIGTERM and SIGINT drain; a second one ends at once. Gives the exit code. */
export async function untilStopped({ io, gateway, install, faults, signals }: Running): Promise<number> {
  signals.reload = () => void gateway.reload().catch((thrown: unknown) => io.err(`ostiary: ${String(thrown)}\n`));
  const code = await Promise.race([signals.stop.then(() => 0), faults.fatal.then(() => 1)]);
  // After an exception draining may never end, or leave something open.
  if (code !== 0) setTimeout(() => process.exit(code), 2 * install.drain).unref();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  signals.reload = () => {};
  await gateway.stop(install.drain);
  io.err(`ostiary: stopped; the state stays in ${install.data}\n`);
  return code;
}

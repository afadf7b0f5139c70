import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { hasErrors } from '../base/diagnostic.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { newHandle } from '../base/ids.ts';
import { type Command, dataDirectory, type Invocation, text, texts } from '../cli/command.ts';
import { banner } from '../dev/banner.ts';
import { createDemoCertificates, type DemoCertificates } from '../dev/demo-certificates.ts';
import { DEMO_ACCOUNTS, DEMO_UPSTREAMS, DEMO_WORKLOAD } from '../dev/demo-settings.ts';
import { type EchoUpstream, startEchoUpstream } from '../dev/echo-upstream.ts';
import type { InnerProvider } from '../dev/inner-provider.ts';
import { DEMO_CREDENTIAL, devResources } from './dev-resources.ts';
import type { Gateway } from './gateway.ts';
import { DEFAULTS, type InstallConfig } from './install.ts';
import { watchProcessFaults } from './process-faults.ts';
import { processInstall } from './process-settings.ts';
import { printDiagnostics, printResult, untilStopped, watchSignals } from './serve.ts';

const DOMAIN = 'localhost';
const PORT = 8080;
const LOOPBACK = '127.0.0.1';
/** Not the directory of `serve`: what people make with either must not meet in the other. */
const DATA = './data/demo';

/** `deploy/` stands beside `src/` in a clone and beside `dist/` in the package. */
const DEMO = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'deploy/examples/demo')).find(existsSync);

/** A signed-in system in one command: gateway, identity provider, upstreams and sample Services, on loopback only. */
export const devCommand: Command = {
  name: 'dev',
  usage: '[--upstream URL] [--port N] [--data DIR] [--plugins DIR]…',
  summary: 'Run a demo on this machine: identity provider, users, upstreams and Services are inside.',
  options: {
    upstream: { type: 'string' },
    port: { type: 'string' },
    data: { type: 'string' },
    plugins: { type: 'string', multiple: true },
  },
  run: async (invocation) => {
    const { io } = invocation;
    using faults = watchProcessFaults(io);
    const signals = watchSignals();
    const demo = await startDemo(invocation);
    try {
      io.out(await demoBanner(demo));
      const { gateway, install } = demo;
      return await untilStopped({ io, gateway, install, faults, signals });
    } finally {
      await demo.stop();
    }
  },
};

interface Demo {
  readonly gateway: Gateway;
  readonly port: number;
  /** Nobody asked for this port: the usual one is taken. */
  readonly isElsewhere: boolean;
  readonly install: InstallConfig;
  readonly upstream: string | null;
  /** Ends what stands around the gateway. */
  stop(): Promise<void>;
}

async function startDemo(invocation: Invocation): Promise<Demo> {
  const { io, options } = invocation;
  const wish = text(options, 'port');
  const port = await freePort(wish);
  const isElsewhere = wish === null && port !== PORT;
  const upstream = text(options, 'upstream');
  const clientSecret = newHandle();
  const certificates = createDemoCertificates(DEMO_UPSTREAMS.filter(({ tls }) => tls).map(({ host }) => host));
  const echoes = await startEchoes(certificates, portalOf(port));
  const provider = await startProvider(port, clientSecret);
  const stop = async () => void (await Promise.all([provider, ...echoes].map((one) => one.close())));
  const install = { ...demoInstall(dataDirectory(invocation, DATA), port, echoes), plugins: texts(options, 'plugins') };
  try {
    const { startGateway } = await import('./gateway.ts');
    const gateway = await startGateway({
      install,
      fixedTexts: [{ file: 'demo', text: devResources({ issuer: provider.issuer, clientSecret, upstream }) }],
      extraCas: [certificates.ca],
      loaded: (report) => {
        if (!hasErrors(report.diagnostics)) return;
        printDiagnostics(io, report);
        printResult(io, report);
      },
      warn: (message) => io.err(`ostiary: ${message}\n`),
    });
    return { gateway, port, isElsewhere, install, upstream, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function demoInstall(data: string, port: number, echoes: readonly EchoUpstream[]): InstallConfig {
  return {
    domain: DOMAIN,
    listen: [{ host: LOOPBACK, port }],
    tls: null,
    redirectListen: null,
    adminListen: { host: LOOPBACK, port: 0 },
    data,
    opa: DEFAULTS.opa,
    geoipDatabase: null,
    geoipAsnDatabase: null,
    files: DEMO === undefined ? [] : [DEMO],
    plugins: [],
    resolve: DEMO_UPSTREAMS.map((upstream, i) => `${upstream.host}:${upstream.port}:${LOOPBACK}:${echoes[i]!.port}`),
    accessLog: join(data, 'access.log'),
    allowFaultInjectionThatBreaksRequestsOnPurpose: false,
    redis: null,
    ...processInstall({}),
  };
}

function startEchoes({ cert, key }: DemoCertificates, portalUrl: string): Promise<EchoUpstream[]> {
  return Promise.all(
    DEMO_UPSTREAMS.map(({ name, tls }) => {
      return startEchoUpstream({ name, portalUrl, ...(tls ? { tls: { cert, key } } : {}) });
    }),
  );
}

function portalOf(port: number): string {
  return `http://${DOMAIN}:${port}/`;
}

/** The provider is not part of the published package: nobody needs it where people really sign in. */
async function startProvider(port: number, clientSecret: string): Promise<InnerProvider> {
  const { startInnerProvider } = await import('../dev/inner-provider.ts').catch((cause: unknown) => {
    const hint = 'it is installed in a clone of the repository, or with: npm install oidc-provider';
    throw new AppError('unavailable', `the demo identity provider is missing: ${hint}`, {
      cause,
      detail: messageOf(cause),
    });
  });
  const redirectUris = [`http://${DOMAIN}:${port}/.ostiary/callback/demo`];
  return startInnerProvider({
    port: 0,
    clients: [{ clientId: 'ostiary', clientSecret, redirectUris }],
    accounts: DEMO_ACCOUNTS,
  });
}

/** The port asked for; without a wish 8080, or any free one when that is taken. */
async function freePort(wish: string | null): Promise<number> {
  if (wish === null) return (await isFree(PORT)) ? PORT : anyPort();
  const port = Number(wish);
  if (!/^\d+$/.test(wish) || port > 65_535) throw new AppError('usage', `"${wish}" is not a port`);
  return port === 0 ? anyPort() : port;
}

async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

async function anyPort(): Promise<number> {
  const port = await tryPort(0);
  if (port === null) throw new AppError('unavailable', 'there is no free port');
  return port;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
}

async function demoBanner({ gateway, port, isElsewhere, install, upstream }: Demo): Promise<string> {
  const { adminListener } = gateway;
  return banner({
    takenPort: isElsewhere ? { taken: PORT, instead: port } : null,
    portalUrl: portalOf(port),
    adminUrl: adminListener === null ? null : `http://${LOOPBACK}:${adminListener.port}/metrics`,
    urlOf: (service) => `http://${service}.${DOMAIN}:${port}`,
    appUrl: upstream === null ? null : `http://app.${DOMAIN}:${port}/`,
    accounts: DEMO_ACCOUNTS,
    workload: DEMO_WORKLOAD,
    accessToken: await demoToken(gateway),
    dataDirectory: install.data,
    accessLog: install.accessLog,
  });
}

/** One token a run: an earlier run's is replaced. */
async function demoToken({ admin }: Gateway): Promise<string> {
  const whose = { name: DEMO_CREDENTIAL, user: DEMO_WORKLOAD, type: 'access-token' } as const;
  const answer = await admin.createCredential({
    ...whose,
    policies: [],
    scopes: [],
    expiresInMs: null,
    rotate: true,
  });
  if ('token' in answer) return answer.token;
  throw new AppError('internal', 'an access token was asked for');
}

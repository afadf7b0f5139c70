import { NO_RULES } from '../../../identity/authentication-rules.ts';
import { Directory } from '../../../identity/directory/directory.ts';
import type { Identification } from '../../../identity/identification.ts';
import { CidrSet } from '../../../src/base/cidr.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { type Body, BufferedBody, readBody } from '../../../src/gateway/body.ts';
import { defaultBodyLimits } from '../../../src/gateway/body-budget.ts';
import { Exchange, type RequestHead } from '../../../src/gateway/exchange.ts';
import type { KernelParts, Observer } from '../../../src/gateway/kernel.ts';
import { OpenStreams } from '../../../src/gateway/open-streams.ts';
import type { Response } from '../../../src/gateway/outcome.ts';
import { createKernel } from '../../../src/gateway/pipeline.ts';
import { buildConfigChain, buildServiceChain, type Plugin } from '../../../src/gateway/plugin.ts';
import { REASONS } from '../../../src/gateway/reasons.ts';
import type { CompiledConfig, CompiledService, Snapshot, Upstream } from '../../../src/gateway/snapshot.ts';
import { NO_RULES as NO_FACTOR_RULES } from '../../support/no-factor-rules.ts';

/** What an upstream in memory was sent. */
export interface Seen {
  readonly path: string;
  readonly query: string;
  readonly authority: string | null;
  readonly headers: HeaderList;
  readonly body: string;
}

export interface Given {
  readonly service?: Partial<CompiledService>;
  readonly config?: Partial<CompiledConfig>;
  readonly plugins?: readonly Plugin[];
  readonly parts?: Partial<KernelParts>;
  readonly request?: Partial<Omit<RequestHead, 'headers'>>;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Body;
  /** `false`: the client went away before it had the whole answer. */
  readonly whole?: boolean;
}

export interface Ran {
  readonly x: Exchange;
  readonly response: Response;
  readonly text: string;
  readonly seen: readonly Seen[];
  readonly settled: readonly Exchange[];
}

/** Takes one request through the kernel, without a socket. */
export async function run(given: Given = {}): Promise<Ran> {
  const seen: Seen[] = [];
  const settled: Exchange[] = [];
  const service = compiledService(given, recordingUpstream(seen));
  const x = new Exchange('0123456789abcdef01234567', snapshotOf(service), requestHead(given), bodyOf(given), 0);
  const kernel = createKernel(partsOf(given, { settled: (one) => settled.push(one) }));
  const response = await new Promise<Response>((resolve) => {
    kernel.handle(x, {
      send: (_x, answer, settlement) => {
        settlement.settled(x, given.whole ?? true);
        resolve(answer);
      },
    });
  });
  return { x, response, text: await textOf(response), seen, settled };
}

function requestHead({ request, headers = [] }: Given): RequestHead {
  return {
    method: 'GET',
    scheme: 'https',
    host: 'app.example.com',
    authority: 'app.example.com',
    path: '/',
    query: '',
    clientAddress: '192.0.2.1',
    httpVersion: '1.1',
    upgrade: null,
    tls: null,
    ...request,
    headers: HeaderList.from(headers),
  };
}

function bodyOf({ body }: Given): Body | null {
  return typeof body === 'string' ? new BufferedBody(body) : (body ?? null);
}

function recordingUpstream(seen: Seen[]): Upstream {
  return {
    name: 'memory',
    authority: 'upstream.example.com',
    forward: async (x) => {
      const { path, query, authority, headers, body } = x.outgoing!;
      const read = body === null ? null : await readBody(body, 1_000_000);
      seen.push({ path, query, authority, headers, body: read?.kind === 'complete' ? read.bytes.toString() : '' });
      return { status: 200, headers: new HeaderList(), body: new BufferedBody('hello') };
    },
  };
}

export function compiledService({ service, config, plugins = [] }: Given, upstream: Upstream): CompiledService {
  const compiled: CompiledConfig = {
    name: 'default',
    chain: buildConfigChain(plugins.map(({ onRequest: _onRequest, ...others }) => others)),
    authorizationMode: 'delete',
    forwardedMode: 'drop',
    upstream,
    ...config,
  };
  return {
    name: 'app',
    resource: { kind: 'Service', metadata: { name: 'app' }, spec: { mode: 'HTTP' } },
    namespace: { kind: 'Namespace', metadata: { name: 'default' }, spec: {} },
    hosts: ['app.example.com'],
    state: { kind: 'ready' },
    anonymous: true,
    buffering: null,
    bodyLimit: Number.POSITIVE_INFINITY,
    chain: buildServiceChain(
      plugins.map(({ onRequest, identify, authorize }) => ({
        ...(onRequest && { onRequest }),
        ...(identify && { identify }),
        ...(authorize && { authorize }),
      })),
    ),
    authorizer: {
      authorize: () => ({ effect: 'allow', reason: 'anonymous', policy: null, rule: null, detail: null }),
    },
    selector: { select: () => ({ kind: 'selected', config: compiled }) },
    ...service,
  };
}

export function snapshotOf(service: CompiledService): Snapshot {
  return {
    generation: 1,
    domain: 'example.com',
    trustedProxies: new CidrSet([]),
    cleartextHttp2: false,
    routes: {
      route: (host) => (service.hosts.includes(host) ? service : null),
      serves: (host) => service.hosts.includes(host),
      servesExactly: (host) => service.hosts.includes(host),
    },
    services: [service],
    directory: new Directory([], [], []),
    identityProviders: [],
    authentication: NO_RULES,
    clusterConfig: { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: {} },
    factorRules: NO_FACTOR_RULES,
    secrets: { open: () => null, version: () => 0 },
  };
}

export function partsOf({ parts }: Given, observer: Observer): KernelParts {
  return {
    clock: systemClock,
    identify: (): Identification => ({ kind: 'not-responsible' }),
    identifyAgain: (): Identification => ({ kind: 'not-responsible' }),
    buildInput: () => ({ ctx: new Map(), time: 0, budget: null }) as never,
    site: () => ({ kind: 'response', response: { status: 299, headers: new HeaderList(), body: null } }),
    spell: (_x, { reason }) => ({ status: REASONS[reason].status, headers: new HeaderList(), body: null }),
    observers: [observer],
    streams: new OpenStreams(),
    bodyLimits: defaultBodyLimits(),
    ...parts,
  };
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const read = await readBody(body, 1_000_000);
  return read.kind === 'complete' ? read.bytes.toString() : '';
}

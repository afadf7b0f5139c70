import { NO_RULES } from '../../../identity/authentication-rules.ts';
import type { Directory } from '../../../identity/directory/directory.ts';
import { createCelEngine } from '../../../policies/cel/engine.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import { CidrSet } from '../../../src/base/cidr.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { newRequestId } from '../../../src/base/ids.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { defaultBodyLimits } from '../../../src/gateway/body-budget.ts';
import { Exchange } from '../../../src/gateway/exchange.ts';
import type { KernelParts } from '../../../src/gateway/kernel.ts';
import { OpenStreams } from '../../../src/gateway/open-streams.ts';
import type { Outcome, Response } from '../../../src/gateway/outcome.ts';
import { createKernel } from '../../../src/gateway/pipeline.ts';
import { buildServiceChain, type IdentifyHook } from '../../../src/gateway/plugin.ts';
import type { CompiledConfig, CompiledService, Snapshot } from '../../../src/gateway/snapshot.ts';
import type { IdentityLayer } from '../../../src/main/identity.ts';
import { inputOf } from '../../../src/main/policy-input.ts';
import type { ClusterConfig, Namespace, Service } from '../../../src/model/index.ts';
import { createAccessLog } from '../../../src/telemetry/access-log.ts';
import { NO_RULES as NO_FACTOR_RULES } from '../../support/no-factor-rules.ts';

export const HOST = 'app.example.com';

const FIELDS = [
  ...['host', HOST],
  ...['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ...['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ...['accept-language', 'en-GB,en;q=0.5', 'accept-encoding', 'gzip, deflate, br'],
];
const NAMESPACE: Namespace = { kind: 'Namespace', metadata: { name: 'default' }, spec: {} };
const CLUSTER: ClusterConfig = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: {} };
const RULES = [{ effect: 'ALLOW' as const, condition: { matchAny: true } }];
const BODY = new BufferedBody('hello');

/** A Service that answers from memory; whether anybody is asked who they are is all that differs. */
function serviceOf(isAnonymous: boolean, identify: IdentifyHook | null): CompiledService {
  const resource: Service = {
    kind: 'Service',
    metadata: { name: 'app' },
    spec: { mode: 'HTTP', isPublic: true, ...(isAnonymous ? { isAnonymous } : ALLOWED) },
  };
  const set = compilePolicySet({ policies: [], owners: [resource], engine: createCelEngine() });
  const chain = buildServiceChain([]);
  const config: CompiledConfig = {
    name: 'default',
    chain,
    authorizationMode: 'delete',
    forwardedMode: 'drop',
    upstream: {
      name: 'memory',
      authority: 'upstream.example.com',
      forward: (): Response => ({ status: 200, headers: new HeaderList(['content-type', 'text/plain']), body: BODY }),
    },
  };
  return {
    name: 'app',
    resource,
    namespace: NAMESPACE,
    hosts: [HOST],
    state: { kind: 'ready' },
    anonymous: isAnonymous,
    buffering: null,
    bodyLimit: Number.POSITIVE_INFINITY,
    chain: identify === null ? chain : buildServiceChain([{ identify }]),
    authorizer: set.authorizerFor(resource, NAMESPACE, CLUSTER),
    selector: { select: () => ({ kind: 'selected', config }) },
  };
}

const ALLOWED = { authorization: { inlinePolicies: [{ name: 'all', spec: { rules: RULES } }] } };

function snapshotOf(service: CompiledService, directory: Directory): Snapshot {
  return {
    generation: 1,
    domain: 'example.com',
    trustedProxies: new CidrSet([]),
    cleartextHttp2: false,
    routes: { route: () => service, serves: () => true, servesExactly: () => true },
    services: [service],
    directory,
    identityProviders: [],
    authentication: NO_RULES,
    clusterConfig: CLUSTER,
    factorRules: NO_FACTOR_RULES,
    secrets: { open: () => null, version: () => 0 },
  };
}

/** Takes a request with these fields beside those of every browser to its end; a promise where something waits. */
export type Ask = (fields: readonly string[]) => void | Promise<void>;

/** Asks Services through the whole kernel, with the access log and without a socket. */
export class AskedKernel {
  readonly #identity: IdentityLayer;
  readonly #directory: Directory;

  constructor(identity: IdentityLayer, directory: Directory) {
    this.#identity = identity;
    this.#directory = directory;
  }

  /** @param identify who is asked before the identity layer */
  asker(isAnonymous: boolean, identify: IdentifyHook | null = null): Ask {
    const snapshot = snapshotOf(serviceOf(isAnonymous, identify), this.#directory);
    const kernel = createKernel(this.#parts());
    return (fields) => {
      const x = new Exchange(newRequestId(), snapshot, head(fields), null, performance.now());
      let end: ((status: number) => void) | null = null;
      let status = 0;
      kernel.handle(x, {
        send: (_, response, settlement) => {
          settlement.settled(x, true);
          status = response.status;
          end?.(status);
        },
      });
      if (status !== 0) return mustBeOk(x, status);
      return new Promise<void>((resolve, reject) => {
        end = (given) => (given === 200 ? resolve() : reject(refused(x)));
      });
    };
  }

  #parts(): KernelParts {
    const { identify, identifyAgain } = this.#identity;
    return {
      clock: systemClock,
      identify,
      identifyAgain,
      buildInput: (x, principal = x.principal!) => {
        const hasGrant = this.#identity.hasGrant(principal, x.service!.name);
        return inputOf(x, { time: systemClock.now(), hasGrant, principal });
      },
      site: (): Outcome | null => null,
      spell: (_, refusal) => ({ status: 403, headers: new HeaderList(), body: new BufferedBody(refusal.reason) }),
      observers: [createAccessLog({ write: () => {} })],
      streams: new OpenStreams(),
      bodyLimits: defaultBodyLimits(),
    };
  }
}

function head(fields: readonly string[]) {
  return {
    method: 'GET',
    scheme: 'https' as const,
    host: HOST,
    authority: HOST,
    path: '/v1/items',
    query: '',
    headers: new HeaderList([...FIELDS, ...fields]),
    clientAddress: '192.0.2.1',
    httpVersion: '1.1' as const,
    upgrade: null,
    tls: null,
  };
}

/** A refusal is quick, and its figures would say nothing. */
function mustBeOk(x: Exchange, status: number): void {
  if (status !== 200) throw refused(x);
}

function refused({ refusal }: Exchange): Error {
  return new Error(`a request was refused: ${refusal?.reason}, ${refusal?.detail}`);
}

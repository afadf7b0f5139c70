import { NO_RULES } from '../../../identity/authentication-rules.ts';
import { Directory } from '../../../identity/directory/directory.ts';
import { ANONYMOUS, type IdentifiedPrincipal } from '../../../identity/principal.ts';
import { CidrSet } from '../../../src/base/cidr.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { Exchange, type RequestHead } from '../../../src/gateway/exchange.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { buildConfigChain } from '../../../src/gateway/plugin.ts';
import type { CompiledConfig, CompiledService, Snapshot } from '../../../src/gateway/snapshot.ts';
import { NO_RULES as NO_FACTOR_RULES } from '../../support/no-factor-rules.ts';

const CHAIN = buildConfigChain([]);

const SNAPSHOT: Snapshot = {
  generation: 7,
  domain: 'example.com',
  trustedProxies: new CidrSet([]),
  cleartextHttp2: false,
  routes: { route: () => null, serves: () => false, servesExactly: () => false },
  services: [],
  directory: new Directory([], [], []),
  identityProviders: [],
  authentication: NO_RULES,
  clusterConfig: { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: {} },
  factorRules: NO_FACTOR_RULES,
  secrets: { open: () => null, version: () => 0 },
};

const HEAD: RequestHead = {
  method: 'GET',
  scheme: 'https',
  host: 'echo.example.com',
  authority: 'echo.example.com',
  path: '/a',
  query: '',
  headers: new HeaderList(),
  clientAddress: '192.0.2.1',
  httpVersion: '1.1',
  upgrade: null,
  tls: null,
};

/** An exchange as accept makes it, accepted at 1000 ms. */
export function anExchange(head: Partial<RequestHead> = {}): Exchange {
  return new Exchange('0123456789ab', SNAPSHOT, { ...HEAD, ...head }, null, 1000);
}

export function aService(name: string): CompiledService {
  return {
    name,
    resource: { kind: 'Service', metadata: { name }, spec: { mode: 'HTTP' } },
    namespace: { kind: 'Namespace', metadata: { name: 'default' }, spec: {} },
    hosts: [`${name}.example.com`],
    state: { kind: 'ready' },
    anonymous: false,
    buffering: null,
    bodyLimit: Number.POSITIVE_INFINITY,
    chain: CHAIN,
    authorizer: {
      authorize: () => ({ effect: 'deny', reason: 'no-policy-match', policy: null, rule: null, detail: null }),
    },
    selector: { select: () => ({ kind: 'none' }) },
  };
}

export function aConfig(name: string): CompiledConfig {
  return {
    name,
    chain: CHAIN,
    authorizationMode: 'delete',
    forwardedMode: 'drop',
    upstream: {
      name: 'https://api.internal',
      authority: 'api.internal',
      forward: () => refuse('upstream-unreachable'),
    },
  };
}

export function aPrincipal(user: string): IdentifiedPrincipal {
  const at = '2026-01-01T00:00:00Z';
  return {
    kind: 'human',
    user: { kind: 'User', metadata: { name: user }, spec: { type: 'HUMAN' } },
    groups: [],
    session: {
      kind: 'Session',
      metadata: { name: `${user}-abc123`, uid: 'u1', createdAt: at },
      spec: { state: 'ACTIVE', expiresAt: at },
      status: {
        type: 'CLIENTLESS',
        isBrowser: true,
        userRef: { name: user },
        authentication: { setAt: at, info: { type: 'IDENTITY_PROVIDER' } },
      },
    },
    device: null,
  };
}

export { ANONYMOUS };

import type { IdentifiedPrincipal, Principal } from '../../../identity/principal.ts';
import { ANONYMOUS } from '../../../identity/principal.ts';
import { createCelEngine } from '../../../policies/cel/engine.ts';
import { buildInput, type InputParts, type PolicyInput, type RequestView } from '../../../policies/input.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type {
  Authorization,
  ClusterConfig,
  Device,
  Group,
  Namespace,
  Policy,
  PolicySpec,
  Service,
  ServiceSpec,
  Session,
  User,
} from '../../../src/model/index.ts';

export const engine = createCelEngine();

const TEN = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';

/** An expression that takes more than an evaluation may. */
export const BOMB = [...'abcdef'].reduceRight((inner, name) => `${TEN}.all(${name}, ${inner})`, 'true');

/** A Wednesday. */
export const NOW = Date.parse('2026-11-18T12:00:00Z');

export function user(name = 'alice', spec: Partial<User['spec']> = {}): User {
  const metadata = { name, createdAt: '2026-01-02T03:04:05Z' };
  return { kind: 'User', metadata, spec: { type: 'HUMAN', groups: ['dev'], ...spec } };
}

export function group(name = 'dev', authorization?: Authorization): Group {
  return { kind: 'Group', metadata: { name }, spec: authorization === undefined ? {} : { authorization } };
}

export function session(spec: Partial<Session['spec']> = {}, status: Partial<Session['status']> = {}): Session {
  return {
    kind: 'Session',
    metadata: { name: 'alice-abc123', uid: 'session-1', createdAt: '2026-11-18T11:00:00Z' },
    spec: { state: 'ACTIVE', expiresAt: '2026-11-18T20:00:00Z', ...spec },
    status: {
      type: 'CLIENTLESS',
      isBrowser: true,
      userRef: { name: 'alice' },
      authentication: { setAt: '2026-11-18T11:00:00Z', info: { type: 'IDENTITY_PROVIDER', aal: 'AAL2' } },
      ...status,
    },
  };
}

export function device(spec: Partial<Device['spec']> = {}): Device {
  const metadata = { name: 'laptop', uid: 'device-1', createdAt: '2026-11-18T11:00:00Z' };
  return { kind: 'Device', metadata, spec: { state: 'ACTIVE', ...spec }, status: {} };
}

export function principal(parts: Partial<IdentifiedPrincipal> = {}): IdentifiedPrincipal {
  return { kind: 'human', user: user(), groups: [], session: session(), device: null, ...parts };
}

export function service(spec: Partial<ServiceSpec> = {}, name = 'api'): Service {
  return { kind: 'Service', metadata: { name }, spec: { mode: 'HTTP', isPublic: true, ...spec } };
}

export function namespace(authorization?: Authorization, name = 'default'): Namespace {
  return { kind: 'Namespace', metadata: { name }, spec: authorization === undefined ? {} : { authorization } };
}

export function clusterConfig(authorization?: Authorization): ClusterConfig {
  const spec = authorization === undefined ? {} : { authorization };
  return { kind: 'ClusterConfig', metadata: { name: 'default' }, spec };
}

export function policy(name: string, spec: PolicySpec): Policy {
  return { kind: 'Policy', metadata: { name }, spec };
}

export function request(parts: Partial<RequestView> = {}): RequestView {
  return {
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    path: '/v1/users',
    query: '',
    headers: new HeaderList(),
    clientAddress: '192.0.2.7',
    httpVersion: '1.1',
    tls: null,
    ...parts,
  };
}

type Parts = Partial<Omit<InputParts, 'request'>> & { readonly request?: Partial<RequestView> };

export function input(parts: Parts = {}): PolicyInput {
  const who: Principal = parts.principal ?? principal();
  return buildInput({
    principal: who,
    service: service(),
    namespace: namespace(),
    body: null,
    grpc: null,
    time: NOW,
    ...parts,
    request: request(parts.request),
  });
}

export const anonymousInput = input({ principal: ANONYMOUS });

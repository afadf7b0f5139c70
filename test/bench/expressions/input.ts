import type { IdentifiedPrincipal } from '../../../identity/principal.ts';
import { buildInput, type PolicyInput } from '../../../policies/input.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Namespace, Service, Session, User } from '../../../src/model/index.ts';
import { CLIENT_ADDRESS, HEADERS, HTTP, SESSION_STATUS, USER } from './expressions.ts';

export const service: Service = { kind: 'Service', metadata: { name: 'api' }, spec: { mode: 'HTTP', isPublic: true } };
export const namespace: Namespace = { kind: 'Namespace', metadata: { name: 'default' }, spec: {} };

const user: User = { kind: 'User', metadata: { name: 'alice' }, spec: { ...USER, type: 'HUMAN' } };
const session: Session = {
  kind: 'Session',
  metadata: { name: 'alice-1', uid: 'session-1', createdAt: '2026-11-18T11:00:00Z' },
  spec: { state: 'ACTIVE', expiresAt: '2100-01-01T00:00:00Z' },
  status: { ...SESSION_STATUS, type: 'CLIENTLESS', userRef: { name: 'alice' } } as Session['status'],
};
export const principal: IdentifiedPrincipal = { kind: 'human', user, groups: [], session, device: null };

const headers = HeaderList.from(Object.entries(HEADERS));

/** The input of one more request. */
export function newInput(): PolicyInput {
  return buildInput({
    request: {
      ...HTTP,
      scheme: 'https',
      query: '',
      headers,
      clientAddress: CLIENT_ADDRESS,
      httpVersion: '1.1',
      tls: null,
    },
    principal,
    service,
    namespace,
    body: null,
    grpc: null,
    time: Date.now(),
  });
}

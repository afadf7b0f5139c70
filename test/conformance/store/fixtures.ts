import type { HandOver, StoredHandle } from '../../../identity/ports.ts';
import type { Group, Secret, Session } from '../../../src/model/index.ts';

/** Far enough away that no run of the suite reaches it. */
export const LATER = Date.now() + 3_600_000;

export function group(name: string, description = ''): Group {
  return { kind: 'Group', metadata: { name, description }, spec: {} };
}

export function secret(name: string): Secret {
  return { kind: 'Secret', metadata: { name }, spec: {} };
}

export interface SessionFacts {
  readonly user?: string;
  readonly createdAt?: number;
  readonly expiresAt?: number;
}

export function session(uid: string, facts: SessionFacts = {}): Session {
  const { user = 'alice', createdAt = 1_700_000_000_000, expiresAt = LATER } = facts;
  const made = new Date(createdAt).toISOString();
  return {
    kind: 'Session',
    metadata: { uid, name: `${user}-${uid}`, createdAt: made },
    spec: { state: 'ACTIVE', expiresAt: new Date(expiresAt).toISOString() },
    status: {
      type: 'CLIENTLESS',
      isBrowser: true,
      userRef: { name: user },
      authentication: { setAt: made, info: { type: 'IDENTITY_PROVIDER', aal: 'AAL1' } },
    },
  };
}

export function browserHandle(hash: string, sessionUid: string, expiresAt = LATER): StoredHandle {
  const host = 'app.example.com';
  return { hash, kind: 'browser', sessionUid, host, credential: null, createdAt: 1, expiresAt };
}

export function accessToken(hash: string, sessionUid: string, credential: string): StoredHandle {
  return { hash, kind: 'access-token', sessionUid, host: null, credential, createdAt: 1, expiresAt: LATER };
}

const MADE = new Date(1_700_000_000_000).toISOString();
const target = { host: 'app.example.com', path: '/a?b=c', bindingHash: 'binding' };

export function handOver(codeHash: string, sessionUid: string, expiresAt = LATER): HandOver {
  return { codeHash, sessionUid, authenticatedAt: MADE, target, expiresAt };
}

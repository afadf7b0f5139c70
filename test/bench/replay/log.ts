import type { AccessEntry } from '../../../src/telemetry/access-entry.ts';

/** Different paths, and different users. */
const PATHS = 1000;
export const USERS = 50;

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];

/** Lines of an access log, as a gateway writes them. */
export function logLines(count: number): string[] {
  return Array.from({ length: count }, (_, i) => JSON.stringify(entry(i)));
}

function entry(i: number): AccessEntry {
  const user = `user-${i % USERS}`;
  return {
    time: new Date(Date.UTC(2026, 10, 20, 10) + i).toISOString(),
    requestId: `bench-${i}`,
    clientAddress: '192.0.2.1',
    method: METHODS[i % METHODS.length]!,
    host: 'api.localhost',
    path: `/v1/items/${i % PATHS}`,
    queryLength: 0,
    httpVersion: '2',
    status: 200,
    reason: null,
    detail: null,
    decision: { effect: 'allow', reason: 'policy-allowed', policy: 'team', rule: 'rules[0]' },
    service: 'api',
    config: 'default',
    user,
    session: `${user}-abc123`,
    credential: null,
    upstream: 'http://127.0.0.1:3000',
    upstreamAddress: '127.0.0.1:3000',
    durationMs: 4.5,
    upstreamMs: 2.25,
    bytesReceived: 0,
    bytesSent: 100,
    aborted: false,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    generation: 7,
  };
}

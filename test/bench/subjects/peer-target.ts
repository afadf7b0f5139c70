import type { Target } from './subject.ts';

/** What is asked of a peer, which passes everything on. */
export function peerTarget(name: string, port: number): Target {
  return {
    name,
    port,
    path: '/v1/items',
    headers: { host: `bench.localhost:${port}` },
    echoPath: '/seen',
    upstreamSees: null,
  };
}

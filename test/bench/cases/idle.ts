import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import { type Figure, most } from '../figure.ts';
import { type IdleOrder, startIdleClients } from '../load/idle.ts';
import { openService } from '../subjects/gateway-process.ts';
import { startUpstream, type UpstreamKind } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway, scaled } from './case.ts';

const KIB = 1024;
/** Garbage is collected and buffers are given back only after a while. */
const SETTLE_MS = 3000;
/** Opened first, so that what the first connections cost once is not counted for the others. */
const FIRST_SHARE = 0.2;

interface IdleCase {
  readonly name: string;
  readonly kind: IdleOrder['kind'];
  readonly upstream: UpstreamKind;
  readonly count: number;
  /** KiB. */
  readonly target: number;
}

/** Memory of connections that wait: how much more the later ones need, divided by their number. */
function idleCase({ name, kind, upstream, count, target }: IdleCase): Case {
  return {
    name,
    run: async (bench) => {
      const upstreamPort = await startUpstream(bench.stack, upstream);
      const service = openService('plain', `http://127.0.0.1:${upstreamPort}`);
      const { pid, port } = await caseGateway(bench, service, kind === 'tls' ? tlsArguments(bench) : []);
      const clients = startIdleClients(bench.stack, { port, host: `plain.localhost:${port}`, kind });
      const wanted = scaled(bench, count);
      const first = await opened(bench, pid, () => clients.open(Math.ceil(wanted * FIRST_SHARE)));
      const all = await opened(bench, pid, () => clients.open(wanted - Math.ceil(wanted * FIRST_SHARE)));
      return figures(name, target, first, all);
    },
  };
}

interface Opened {
  readonly open: number;
  readonly rss: number | null;
}

async function opened({ say, options }: Bench, pid: number, open: () => Promise<number>): Promise<Opened> {
  const count = await open();
  if (count === 0) throw new Error('no connection stays open');
  say(`idle: ${count} connections are open`);
  await sleep(SETTLE_MS * Math.min(1, options.scale));
  return { open: count, rss: usageOf(pid)?.rss ?? null };
}

function figures(name: string, target: number, first: Opened, all: Opened): Figure[] {
  const more = all.open - first.open;
  const value = first.rss === null || all.rss === null || more <= 0 ? null : (all.rss - first.rss) / more / KIB;
  return [
    { case: name, name: 'memory for each', value, unit: 'KiB', target: most(target) },
    { case: name, name: 'open at the end', value: all.open, unit: 'connections', target: null },
  ];
}

function tlsArguments({ directory }: Bench): string[] {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  mkdirSync(directory, { recursive: true });
  const made = createDemoCertificates(['plain.localhost']);
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key, { mode: 0o600 });
  return ['--tls-cert', cert, '--tls-key', key];
}

export const idle = idleCase({ name: 'idle', kind: 'http', upstream: 'short', count: 10_000, target: 8 });
export const idleTls = idleCase({ name: 'idle-tls', kind: 'tls', upstream: 'short', count: 2000, target: 64 });
export const idleTunnels = idleCase({
  name: 'idle-tunnels',
  kind: 'tunnel',
  upstream: 'tunnel',
  count: 4000,
  target: 24,
});

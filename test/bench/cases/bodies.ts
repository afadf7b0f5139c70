import { join } from 'node:path';
import { type Figure, most, ratio } from '../figure.ts';
import { type BulkOrder, moveBodies } from '../load/bulk.ts';
import { median } from '../measure.ts';
import { openService } from '../subjects/gateway-process.ts';
import { startNginx } from '../subjects/nginx.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway, peerProgram, scaled } from './case.ts';

const MIB = 1024 * 1024;

interface Proxy {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly host: string;
}

interface Moved {
  /** Microseconds a MiB. */
  readonly cpu: number | null;
  /** MiB a second. */
  readonly speed: number;
}

/** Bodies of 1 MiB and of 1 GiB, in both directions. */
export const bodies: Case = {
  name: 'bodies',
  run: async (bench) => {
    const proxies = await start(bench);
    const found: Figure[] = [];
    for (const direction of ['down', 'up'] as const) {
      for (const size of [MIB, scaled(bench, 1024) * MIB]) found.push(...(await move(bench, proxies, direction, size)));
    }
    return found;
  },
};

async function start(bench: Bench): Promise<Proxy[]> {
  const upstreamPort = await startUpstream(bench.stack, 'bulk');
  const { pid, port } = await caseGateway(bench, openService('plain', `http://127.0.0.1:${upstreamPort}`));
  const own = { name: 'gateway', pid, port, host: `plain.localhost:${port}` };
  const program = peerProgram(bench, 'nginx');
  if (program === null) return [own];
  const directory = join(bench.directory, 'nginx');
  const peer = await startNginx(bench.stack, { program, directory, upstreamPort, kind: 'http' });
  return [own, { name: 'nginx', ...peer, host: 'bench.localhost' }];
}

/** Long bodies one at a time and once a round; short ones on a few connections, for the time of a measurement. */
async function move(bench: Bench, proxies: readonly Proxy[], direction: BulkOrder['direction'], bytes: number) {
  const { rounds, seconds } = bench.options;
  const shape = bytes > MIB ? { connections: 1, seconds: 0 } : { connections: 4, seconds };
  const moved = proxies.map((): Moved[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, proxy] of proxies.entries()) {
      bench.say(`bodies: ${bytes / MIB} MiB ${direction}, ${proxy.name}`);
      const one = await moveThrough(proxy, { direction, bytes, ...shape });
      if (round > 0) moved[i]!.push(one);
    }
  }
  return figures(`${bytes / MIB} MiB ${direction}`, moved[0]!, moved[1] ?? []);
}

async function moveThrough(proxy: Proxy, order: Omit<BulkOrder, 'port' | 'host'>): Promise<Moved> {
  const before = usageOf(proxy.pid);
  const { bytes, seconds } = await moveBodies({ ...order, port: proxy.port, host: proxy.host });
  const after = usageOf(proxy.pid);
  const mebibytes = bytes / MIB;
  const cpu = before === null || after === null ? null : ((after.cpu - before.cpu) * 1e6) / mebibytes;
  return { cpu, speed: mebibytes / seconds };
}

function figures(what: string, own: readonly Moved[], nginx: readonly Moved[]): Figure[] {
  const row = { case: 'bodies', target: null } as const;
  const speed = median(own.map((one) => one.speed));
  return [
    { ...row, name: `${what}: CPU a MiB`, value: medianCpu(own), unit: 'µs' },
    {
      ...row,
      name: `${what}: CPU to nginx`,
      value: ratio(medianCpu(own), medianCpu(nginx)),
      unit: 'ratio',
      target: most(1.5),
    },
    { ...row, name: `${what}: speed`, value: speed, unit: 'MiB/s' },
  ];
}

function medianCpu(moved: readonly Moved[]): number | null {
  const known = moved.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]));
  return known.length === 0 ? null : median(known);
}

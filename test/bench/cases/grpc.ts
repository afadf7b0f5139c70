import { join } from 'node:path';
import { type Figure, most, ratio } from '../figure.ts';
import type { LoadResult } from '../load/load.ts';
import { median } from '../measure.ts';
import { outputOf } from '../processes.ts';
import { openService } from '../subjects/gateway-process.ts';
import { startNginx } from '../subjects/nginx.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway, peerProgram } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../load/grpc-process.ts');
const SESSIONS = 4;

interface Proxy {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly authority: string;
}

interface Called {
  readonly cpu: number | null;
  readonly perSecond: number;
}

/** Unary calls with HTTP/2 on both sides. */
export const grpc: Case = {
  name: 'grpc',
  run: async (bench) => {
    const proxies = await start(bench);
    const called = proxies.map((): Called[] => []);
    for (let round = 0; round <= bench.options.rounds; round++) {
      for (const [i, proxy] of proxies.entries()) {
        bench.say(`grpc: round ${round} of ${bench.options.rounds}, ${proxy.name}`);
        const one = await call(bench, proxy);
        if (round > 0) called[i]!.push(one);
      }
    }
    return figures(called[0]!, called[1] ?? []);
  },
};

async function start(bench: Bench): Promise<Proxy[]> {
  const upstreamPort = await startUpstream(bench.stack, 'grpc');
  const service = openService('echo', `h2c://127.0.0.1:${upstreamPort}`, 'GRPC');
  const { pid, port } = await caseGateway(bench, service);
  const own = { name: 'gateway', pid, port, authority: `echo.localhost:${port}` };
  const program = peerProgram(bench, 'nginx');
  if (program === null) return [own];
  const directory = join(bench.directory, 'nginx');
  const peer = await startNginx(bench.stack, { program, directory, upstreamPort, kind: 'grpc' });
  return [own, { name: 'nginx', ...peer, authority: 'bench.localhost' }];
}

async function call({ options }: Bench, { name, pid, port, authority }: Proxy): Promise<Called> {
  const { connections, seconds } = options;
  const streams = Math.ceil(connections / SESSIONS);
  const order = JSON.stringify({ port, authority, sessions: SESSIONS, streams, seconds });
  const before = usageOf(pid);
  const result = JSON.parse(await outputOf(process.execPath, [SCRIPT, order])) as LoadResult;
  const after = usageOf(pid);
  const { requests, errors } = result;
  if (errors > 0 || requests === 0) throw new Error(`${name}: ${errors} errors in ${requests} calls`);
  const cpu = before === null || after === null ? null : ((after.cpu - before.cpu) * 1e6) / requests;
  return { cpu, perSecond: requests / result.seconds };
}

function figures(own: readonly Called[], nginx: readonly Called[]): Figure[] {
  const row = { case: 'grpc', target: null } as const;
  const perSecond = median(own.map((one) => one.perSecond));
  return [
    { ...row, name: 'unary, h2 both sides: CPU a call', value: medianCpu(own), unit: 'µs' },
    { ...row, name: 'the same by nginx grpc_pass', value: medianCpu(nginx), unit: 'µs' },
    {
      ...row,
      name: 'CPU a call to nginx',
      value: ratio(medianCpu(own), medianCpu(nginx)),
      unit: 'ratio',
      target: most(2.5),
    },
    { ...row, name: 'calls', value: perSecond, unit: 'requests/s' },
  ];
}

function medianCpu(called: readonly Called[]): number | null {
  const known = called.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]));
  return known.length === 0 ? null : median(known);
}

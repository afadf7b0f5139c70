import { type Figure, least, ratio } from '../figure.ts';
import { medianOrNull } from '../measure.ts';
import { openService } from '../subjects/gateway-process.ts';
import { peerTarget } from '../subjects/peer-target.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

interface Shared {
  /** Microseconds a request. */
  readonly cpu: number | null;
  readonly cores: number | null;
  readonly perSecond: number;
}

/**
 * Two workers beside one. Load generator and upstream take the same cores, so the throughput of two cores cannot be
 * read off; what one busy core of the gateway serves with either number of workers can.
 */
export const workers: Case = {
  name: 'workers',
  run: async (bench) => {
    const upstreamPort = await startUpstream(bench.stack);
    const service = openService('plain', `http://127.0.0.1:${upstreamPort}`);
    const gateways = [await caseGateway(bench, service), await caseGateway(bench, service, ['--workers', '2'])];
    const shared = gateways.map((): Shared[] => []);
    for (let round = 0; round <= bench.options.rounds; round++) {
      for (const [i, { pid, port }] of gateways.entries()) {
        bench.say(`workers: round ${round} of ${bench.options.rounds}, ${i + 1} of them`);
        const one = await share(bench, pid, port);
        if (round > 0) shared[i]!.push(one);
      }
    }
    return shared.flatMap((them, i) => figuresOf(them, i + 1)).concat(together(shared[0]!, shared[1]!));
  },
};

async function share({ load, options }: Bench, pid: number, port: number): Promise<Shared> {
  const target = { ...peerTarget('gateway', port), headers: { host: `plain.localhost:${port}` } };
  const before = usageOf(pid);
  const { requests, errors, seconds } = await load.run(target, options.connections, options.seconds);
  const after = usageOf(pid);
  if (errors > 0 || requests === 0) throw new Error(`${errors} errors in ${requests} requests`);
  const used = before === null || after === null ? null : after.cpu - before.cpu;
  const perSecond = requests / seconds;
  return {
    cpu: used === null ? null : (used * 1e6) / requests,
    cores: used === null ? null : used / seconds,
    perSecond,
  };
}

function figuresOf(shared: readonly Shared[], count: number): Figure[] {
  const row = { case: 'workers', target: null } as const;
  const of = (key: keyof Shared) => medianOrNull(shared.map((one) => one[key]));
  const who = count === 1 ? 'one worker' : `${count} workers`;
  return [
    { ...row, name: `${who}: CPU a request`, value: of('cpu'), unit: 'µs' },
    { ...row, name: `${who}: busy cores`, value: of('cores'), unit: 'cores' },
    { ...row, name: `${who}: throughput beside the load generator`, value: of('perSecond'), unit: 'requests/s' },
  ];
}

function together(one: readonly Shared[], two: readonly Shared[]): Figure {
  const cpu = (shared: readonly Shared[]) => medianOrNull(shared.map((each) => each.cpu));
  const perCore = ratio(cpu(one), cpu(two));
  const value = perCore === null ? null : 2 * perCore;
  return { case: 'workers', name: 'derived: 2 cores to 1', value, unit: 'ratio', target: least(1.7) };
}

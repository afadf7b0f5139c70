import { type Cores, ownCores } from '../cores.ts';
import { type Figure, least, ratio } from '../figure.ts';
import { medianOrNull } from '../measure.ts';
import { openService, type StartedGateway } from '../subjects/gateway-process.ts';
import { peerTarget } from '../subjects/peer-target.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

/** Rounds that do not count: each worker gets to know its code by itself, from its share of the requests. */
const WARM_UPS = 3;

interface Shared {
  /** Microseconds a request. */
  readonly cpu: number | null;
  readonly cores: number | null;
  readonly perSecond: number;
}

/** One worker on one core, or two on two. */
interface Side {
  readonly workers: number;
  readonly cores: readonly number[] | null;
  readonly gateway: StartedGateway;
  readonly shared: Shared[];
}

/**
 * Two workers on two cores beside one on one. Load generator and upstream stand on the same cores: they take the same
 * share of each, and disturb the gateway as much on one as on two. What a core that is the gateway's alone would serve
 * follows from the CPU that a request takes.
 */
export const workers: Case = {
  name: 'workers',
  run: async (bench) => {
    const cores = ownCores();
    if (cores === null) bench.missing('taskset');
    else bench.stack.defer(() => cores.hold(cores.all));
    const sides = [await start(bench, cores, 1), await start(bench, cores, 2)] as const;
    for (let round = 1 - WARM_UPS; round <= bench.options.rounds; round++) {
      for (const side of sides) {
        bench.say(
          `workers: ${round > 0 ? `round ${round} of ${bench.options.rounds}` : 'warming up'}, ${side.workers} of them`,
        );
        hold(cores, side.cores);
        const one = await share(bench, side);
        if (round > 0) side.shared.push(one);
      }
    }
    return [...sides.flatMap(figuresOf), ...together(...sides)];
  },
};

/** What is started is held to the cores of the side. */
async function start(bench: Bench, all: Cores | null, count: number): Promise<Side> {
  const cores = all === null ? null : all.all.slice(0, count);
  hold(all, cores);
  const upstreamPort = await startUpstream(bench.stack);
  const service = openService('plain', `http://127.0.0.1:${upstreamPort}`);
  const gateway = await caseGateway(bench, service, count === 1 ? [] : ['--workers', String(count)]);
  return { workers: count, cores, gateway, shared: [] };
}

function hold(all: Cores | null, cores: readonly number[] | null): void {
  if (all !== null && cores !== null) all.hold(cores);
}

/** Each worker has as many connections. */
async function share({ load, options }: Bench, { workers, gateway: { pid, port } }: Side): Promise<Shared> {
  const target = { ...peerTarget('gateway', port), headers: { host: `plain.localhost:${port}` } };
  const before = usageOf(pid);
  const { requests, errors, seconds } = await load.run(target, workers * options.connections, options.seconds);
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

const row = { case: 'workers', target: null } as const;

function figuresOf({ workers, shared }: Side): Figure[] {
  const who = workers === 1 ? 'one worker' : `${workers} workers`;
  return [
    { ...row, name: `${who}: CPU a request`, value: middle(shared, 'cpu'), unit: 'µs' },
    { ...row, name: `${who}: busy cores`, value: middle(shared, 'cores'), unit: 'cores' },
    {
      ...row,
      name: `${who}: throughput beside the load generator`,
      value: middle(shared, 'perSecond'),
      unit: 'requests/s',
    },
  ];
}

function together(one: Side, two: Side): Figure[] {
  const perCore = ratio(middle(one.shared, 'cpu'), middle(two.shared, 'cpu'));
  const hasBoth = two.cores === null || two.cores.length === two.workers;
  const value = perCore === null || !hasBoth ? null : 2 * perCore;
  const measured = ratio(middle(two.shared, 'perSecond'), middle(one.shared, 'perSecond'));
  return [
    { ...row, name: 'measured with the load: 2 cores to 1', value: measured, unit: 'ratio' },
    { ...row, name: 'derived without it: 2 cores to 1', value, unit: 'ratio', target: least(1.7) },
  ];
}

function middle(shared: readonly Shared[], key: keyof Shared): number | null {
  return medianOrNull(shared.map((one) => one[key]));
}

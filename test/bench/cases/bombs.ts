import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOMBS, bombServices, FUSE } from '../../support/bombs.ts';
import { open, yaml } from '../../support/resources.ts';
import { type Figure, most, ratio } from '../figure.ts';
import type { LoadResult } from '../load/load.ts';
import { median } from '../measure.ts';
import { outputOf } from '../processes.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

const LOAD = join(import.meta.dirname, '../load');
/** Requests a second: of others, and with bombs. */
const RATE = 500;
const BOMB_RATE = 20;
/** What starting the load costs is not the question: bombs go off from so long before until so long after. */
const LEAD_MS = 700;
const MIB = 1024 * 1024;

/** What others notice of policies that take all they may, on each request of somebody. */
export const bombs: Case = {
  name: 'bombs',
  run: async (bench) => {
    const url = `http://127.0.0.1:${await startUpstream(bench.stack)}`;
    const { pid, port } = await caseGateway(bench, yaml(open('plain', url), ...bombServices(url)));
    const before = usageOf(pid)?.rss ?? null;
    const times = await inTurn(bench, port);
    const after = usageOf(pid)?.rss ?? null;
    return figures(times, before === null || after === null ? null : (after - before) / MIB);
  },
};

interface Times {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/** Milliseconds. The first round is to warm up. */
async function inTurn(bench: Bench, port: number): Promise<Times> {
  const times = { alone: [] as number[], beside: [] as number[] };
  const { rounds } = bench.options;
  for (let round = 0; round <= rounds; round++) {
    bench.say(round === 0 ? 'bombs: warming up' : `bombs: round ${round} of ${rounds}`);
    const alone = await others(bench, port);
    const [beside] = await Promise.all([sleep(LEAD_MS).then(() => others(bench, port)), throwBombs(bench, port)]);
    if (round === 0) continue;
    times.alone.push(alone);
    times.beside.push(beside);
  }
  return times;
}

/** The 99th percentile of what others wait. */
async function others({ options }: Bench, port: number): Promise<number> {
  const { connections, seconds } = options;
  const order = { port, path: '/', headers: { host: `plain.localhost:${port}` }, connections, seconds, rate: RATE };
  const output = await outputOf(process.execPath, [join(LOAD, 'paced-process.ts'), JSON.stringify(order)]);
  const { p99, errors } = JSON.parse(output) as LoadResult;
  if (errors > 0) throw new Error(`${errors} errors`);
  return p99;
}

/** @throws Error when one is not stopped by its budget: its figures would say nothing. */
async function throwBombs({ options }: Bench, port: number): Promise<void> {
  const seconds = options.seconds + (2 * LEAD_MS) / 1000;
  const hosts = BOMBS.map(({ name }) => `${name}.localhost:${port}`);
  const order = JSON.stringify({ port, hosts, body: FUSE, seconds, rate: BOMB_RATE });
  const output = await outputOf(process.execPath, [join(LOAD, 'bombs-process.ts'), order]);
  const { others: unexpected } = JSON.parse(output) as { readonly others: number };
  if (unexpected > 0) throw new Error(`${unexpected} bombs were not answered with policy-cost`);
}

function figures({ alone, beside }: Times, growth: number | null): Figure[] {
  const [without, withBombs] = [median(alone), median(beside)];
  return [
    { case: 'bombs', name: 'p99 of others', value: without, unit: 'ms', target: null },
    { case: 'bombs', name: 'p99 of others beside bombs', value: withBombs, unit: 'ms', target: null },
    {
      case: 'bombs',
      name: 'p99 beside bombs to p99',
      value: ratio(withBombs, without),
      unit: 'ratio',
      target: most(2),
    },
    { case: 'bombs', name: 'RSS growth', value: growth, unit: 'MiB', target: most(256) },
  ];
}

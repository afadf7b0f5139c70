import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bound, type Figure, most } from '../figure.ts';
import { outputOf } from '../processes.ts';
import { type Bench, type Case, scaled } from './case.ts';

const SCRIPTS = join(import.meta.dirname, '../identity');
/** People whose sessions are known, who ask in turn. */
const ASKING = 100;
/** Sessions that the store has while one is looked up. */
const STORED = 10_000;

/** Nanoseconds of CPU, by who asks. */
type Costs = Readonly<Record<string, number>>;

/** What it costs to know who asks, in the steps of the kernel alone: sockets would hide it. */
export const identity: Case = {
  name: 'identity',
  run: async (bench) => {
    mkdirSync(bench.directory, { recursive: true });
    const stored = scaled(bench, STORED);
    const isWhole = bench.options.scale >= 1;
    const { anonymous = 0, ...known } = await measure(bench, 'requests', ASKING);
    const { cold = 0 } = await measure(bench, 'look-up', stored);
    const bounds: Readonly<Record<string, Bound>> = isWhole ? { cookie: most(6) } : {};
    return [
      figure('anonymous request', anonymous, null),
      ...Object.entries(known).map(([who, cost]) => figure(`${who}: added`, cost - anonymous, bounds[who] ?? null)),
      figure(`request of a session that is looked up, of ${stored}`, cold, isWhole ? most(50) : null),
    ];
  },
};

async function measure({ options, directory, say }: Bench, what: string, sessions: number): Promise<Costs> {
  say(`identity: ${what}`);
  const { rounds, seconds, scale } = options;
  const order = { directory: join(directory, what), sessions, rounds, seconds: seconds * Math.min(1, scale) };
  return JSON.parse(await outputOf(process.execPath, [join(SCRIPTS, `${what}-process.ts`), JSON.stringify(order)]));
}

function figure(name: string, nanoseconds: number, target: Bound | null): Figure {
  return { case: 'identity', name, value: nanoseconds / 1000, unit: 'µs', target };
}

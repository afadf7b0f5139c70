/**
 * Takes requests through the compiled configuration and the whole kernel in this process, with one plugin and without
 * it in turn, and prints what each adds: `node measure-process.ts '{"seconds":…}'`.
 */
import { median } from '../measure.ts';
import { type AskedPlugin, askedPlugin, LINES } from './asked-plugin.ts';

interface Order {
  /** Of all rounds of one plugin together. */
  readonly seconds: number;
}

export interface AddedByPlugin {
  readonly name: string;
  /** Nanoseconds of CPU that it adds to a request. */
  readonly added: number;
  /** Half of the range that the middle half of the rounds lies in. */
  readonly noise: number;
  /** Microseconds that it may add. */
  readonly most: number | null;
}

const ROUNDS = 30;
/** Until the compiler of JavaScript has done its work on both sides. */
const WARM_UPS = 10;

const { seconds } = JSON.parse(process.argv[2] ?? '{}') as Order;
const results: AddedByPlugin[] = [];
for (const line of LINES) {
  const asked = askedPlugin(line);
  const count = await countFor(asked, (seconds * 1e9) / (2 * (ROUNDS + WARM_UPS)));
  const added: number[] = [];
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const one = await addedIn(asked, count, round % 2 === 0);
    if (round >= 0) added.push(one);
  }
  results.push({ name: asked.name, added: median(added), noise: spread(added), most: asked.most });
}
process.stdout.write(JSON.stringify(results));
process.exit(0);

/** Requests that take about so many nanoseconds. */
async function countFor({ on }: AskedPlugin, nanoseconds: number): Promise<number> {
  for (let count = 16; ; count *= 2) {
    const taken = await cpuOf(() => on(count));
    if (taken >= nanoseconds / 2) return Math.max(1, Math.round((count * nanoseconds) / taken));
  }
}

/** Of all threads: bodies are compressed beside the one that takes requests, and what it leaves is collected there. */
function cpuNanoseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Whoever goes first pays for what the other has left to be collected, so they take turns. */
async function addedIn({ on, off }: AskedPlugin, count: number, isOnFirst: boolean): Promise<number> {
  const first = await cpuOf(() => (isOnFirst ? on : off)(count));
  const second = await cpuOf(() => (isOnFirst ? off : on)(count));
  return (isOnFirst ? first - second : second - first) / count;
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const start = cpuNanoseconds();
  await work();
  return cpuNanoseconds() - start;
}

function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  return (at(0.75) - at(0.25)) / 2;
}

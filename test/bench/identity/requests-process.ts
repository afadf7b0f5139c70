/**
 * Takes requests through the kernel in this process, with and without identity, and prints the nanoseconds of CPU that
 * one takes, by who asks: `node requests-process.ts '{"directory":…,"seconds":…,"rounds":…,"sessions":…}'`.
 */
import { median } from '../measure.ts';
import { type Asker, askers } from './askers.ts';
import { cpuNanoseconds } from './cpu.ts';

interface Order {
  readonly directory: string;
  /** Of all rounds of one asker together. */
  readonly seconds: number;
  /** How many people ask in turn. */
  readonly sessions: number;
}

/** Few and long enough that the clock of CPU, and many enough that the median, can tell. */
const ROUNDS = 15;

const { directory, seconds, sessions } = JSON.parse(process.argv[2] ?? '{}') as Order;
const all = await askers(directory, sessions);
const costs = new Map(all.map(({ name }) => [name, [] as number[]]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const asker of all) {
    const cost = await roundOf(asker, (seconds * 1e9) / (ROUNDS + 1));
    if (round > 0) costs.get(asker.name)!.push(cost);
  }
}
process.stdout.write(JSON.stringify(Object.fromEntries([...costs].map(([name, given]) => [name, median(given)]))));
process.exit(0);

async function roundOf({ batch, prepare }: Asker, limit: number): Promise<number> {
  let [count, taken] = [0, 0];
  while (count === 0 || taken < limit) {
    await prepare?.();
    const start = cpuNanoseconds();
    const given = batch();
    count += typeof given === 'number' ? given : await given;
    taken += cpuNanoseconds() - start;
  }
  return taken / count;
}

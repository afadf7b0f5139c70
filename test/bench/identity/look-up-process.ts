/**
 * Looks each of many stored sessions up that the process does not know yet, in any order, and prints the nanoseconds
 * of CPU that one takes, alone and as part of a request: `node look-up-process.ts '{"directory":…,"sessions":…,"rounds":…}'`.
 */
import { median } from '../measure.ts';
import { cpuNanoseconds } from './cpu.ts';
import { AskedKernel, HOST } from './kernel.ts';
import { layerOver, signInAll } from './layer.ts';
import { openStore, people } from './store.ts';

interface Order {
  readonly directory: string;
  readonly sessions: number;
  readonly rounds: number;
}

const { directory, sessions, rounds } = JSON.parse(process.argv[2] ?? '{}') as Order;
const store = openStore(directory);
const users = people(sessions);
const [first] = layerOver(store, users);
const cookies = (await signInAll(first, users, HOST)).map((handle) => [
  'cookie',
  `theme=dark; __Host-ostiary-session=${handle}`,
]);
const costs = { cold: [] as number[], known: [] as number[] };
for (let round = 0; round <= rounds; round++) {
  shuffle(cookies);
  const [layer, directoryOfUsers] = layerOver(store, users);
  const ask = new AskedKernel(layer, directoryOfUsers).asker(false);
  const [cold, known] = [eachOf(ask), eachOf(ask)];
  if (round === 0) continue;
  costs.cold.push(cold);
  costs.known.push(known);
}
process.stdout.write(JSON.stringify({ cold: median(costs.cold), known: median(costs.known) }));
process.exit(0);

function eachOf(ask: (fields: readonly string[]) => unknown): number {
  const start = cpuNanoseconds();
  for (const fields of cookies) if (ask(fields) instanceof Promise) throw new Error('a request had to wait');
  return (cpuNanoseconds() - start) / cookies.length;
}

/** Fisher and Yates */
function shuffle(items: unknown[]): void {
  for (let i = items.length - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [items[i], items[other]] = [items[other], items[i]];
  }
}

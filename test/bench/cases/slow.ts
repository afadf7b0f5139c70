import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, most } from '../figure.ts';
import { outputOf } from '../processes.ts';
import { openService, type StartedGateway } from '../subjects/gateway-process.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../load/slow-process.ts');
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const READERS = 4;
const SAMPLE_MS = 100;

/** What is kept in memory when one side sends faster than the other reads. */
export const slow: Case = {
  name: 'slow-reader',
  run: async (bench) => {
    const upstreamPort = await startUpstream(bench.stack, 'bulk');
    const gateway = await caseGateway(bench, openService('plain', `http://127.0.0.1:${upstreamPort}`));
    return [
      await growth(bench, gateway, 'down', 'RSS growth with slow clients'),
      await growth(bench, gateway, 'up', 'RSS growth with a slow upstream'),
    ];
  },
};

async function growth(
  { options, say }: Bench,
  { pid, port }: StartedGateway,
  direction: 'down' | 'up',
  name: string,
): Promise<Figure> {
  say(`slow-reader: ${direction}`);
  const order = { port, host: `plain.localhost:${port}`, direction, bytes: GIB, connections: READERS };
  const before = usageOf(pid)?.rss ?? null;
  let [peak, ended] = [0, false];
  const done = outputOf(process.execPath, [SCRIPT, JSON.stringify({ ...order, seconds: options.seconds })]);
  const end = () => {
    ended = true;
  };
  done.then(end, end);
  for (; !ended; await sleep(SAMPLE_MS)) peak = Math.max(peak, usageOf(pid)?.rss ?? 0);
  await done;
  const value = before === null ? null : (peak - before) / MIB;
  return { case: 'slow-reader', name, value, unit: 'MiB', target: most(64) };
}

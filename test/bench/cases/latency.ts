import { join } from 'node:path';
import { type Figure, most } from '../figure.ts';
import type { LoadResult } from '../load/load.ts';
import { median } from '../measure.ts';
import { outputOf } from '../processes.ts';
import { openService } from '../subjects/gateway-process.ts';
import { peerTarget } from '../subjects/peer-target.ts';
import type { Target } from '../subjects/subject.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../load/paced-process.ts');

/** How much later answers come than from the upstream itself, at half of the most that the gateway does. */
export const latency: Case = {
  name: 'latency',
  run: async (bench) => {
    const upstreamPort = await startUpstream(bench.stack);
    const { port } = await caseGateway(bench, openService('plain', `http://127.0.0.1:${upstreamPort}`));
    const direct = peerTarget('direct', upstreamPort);
    const through = { ...peerTarget('gateway', port), headers: { host: `plain.localhost:${port}` } };
    const most = await saturation(bench, through);
    const paced = await inTurn(bench, [direct, through], most / 2);
    return figures(most, paced[0]!, paced[1]!);
  },
};

async function saturation({ load, options, say }: Bench, target: Target): Promise<number> {
  say('latency: saturation');
  await load.run(target, options.connections, options.seconds);
  const { requests, seconds } = await load.run(target, options.connections, options.seconds);
  return requests / seconds;
}

async function inTurn({ options, say }: Bench, targets: readonly Target[], rate: number): Promise<LoadResult[][]> {
  const results = targets.map((): LoadResult[] => []);
  for (let round = 1; round <= options.rounds; round++) {
    for (const [i, target] of targets.entries()) {
      say(`latency: round ${round} of ${options.rounds}, ${target.name}`);
      results[i]!.push(await paced(target, options.connections, options.seconds, rate));
    }
  }
  return results;
}

async function paced({ name, port, path, headers }: Target, connections: number, seconds: number, rate: number) {
  const order = JSON.stringify({ port, path, headers, connections, seconds, rate });
  const result = JSON.parse(await outputOf(process.execPath, [SCRIPT, order])) as LoadResult;
  if (result.errors > 0) throw new Error(`${name}: ${result.errors} errors at ${rate.toFixed(0)} requests a second`);
  return result;
}

function figures(saturation: number, direct: readonly LoadResult[], through: readonly LoadResult[]): Figure[] {
  const of = (results: readonly LoadResult[], key: 'p50' | 'p99') => median(results.map((result) => result[key]));
  const added = (key: 'p50' | 'p99') => of(through, key) - of(direct, key);
  const row = { case: 'latency', unit: 'ms', target: null } as const;
  return [
    { ...row, name: 'saturation with one load generator', value: saturation, unit: 'requests/s' },
    { ...row, name: 'p50 added at half of saturation', value: added('p50') },
    { ...row, name: 'p99 added at half of saturation', value: added('p99'), target: most(1) },
    { ...row, name: 'p99 of the upstream itself', value: of(direct, 'p99') },
  ];
}

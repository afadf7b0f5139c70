import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Figure, least, most, ratio } from '../figure.ts';
import { measure, medianOrNull } from '../measure.ts';
import type { AddedByPlugin } from '../plugins/measure-process.ts';
import { outputOf } from '../processes.ts';
import { openService } from '../subjects/gateway-process.ts';
import type { Subject, Target } from '../subjects/subject.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { type Bench, type Case, caseGateway } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../plugins/measure-process.ts');

/** What each plugin adds to a request, in the kernel alone; and a whole gateway that answers from its cache. */
export const plugins: Case = {
  name: 'plugins',
  run: async (bench) => [...(await added(bench)), ...(await cacheHits(bench))],
};

async function added({ options, say }: Bench): Promise<Figure[]> {
  say('plugins: what each adds');
  const order = JSON.stringify({ seconds: options.seconds * Math.min(1, options.scale) });
  const lines = JSON.parse(await outputOf(process.execPath, [SCRIPT, order])) as readonly AddedByPlugin[];
  return lines.map(({ name, added: nanoseconds, noise, most: limit }) => ({
    case: 'plugins',
    name: `${name}: added`,
    value: nanoseconds / 1000,
    unit: 'µs',
    noise: noise / 1000,
    target: limit === null || options.scale < 1 ? null : most(limit),
  }));
}

const CACHE = { name: 'kept', condition: { matchAny: true }, cache: { ttl: '1h' } };

/** Of one process, in turn: no cache, one that is told to ask and to keep the answer, one that answers. */
async function cacheHits(bench: Bench): Promise<Figure[]> {
  const url = `http://127.0.0.1:${await startUpstream(bench.stack)}`;
  const { pid, port } = await caseGateway(bench, `${openService('plain', url)}---\n${keeping(url)}`);
  const targets = [
    targetOf('plain', port),
    targetOf('kept', port, { 'cache-control': 'no-cache' }),
    targetOf('kept', port),
  ];
  const [plain, miss, hit] = (await inTurn(bench, { pid, targets })) as [Cost, Cost, Cost];
  return [
    { case: 'plugins', name: 'request to the upstream', value: plain, unit: 'µs', target: null },
    { case: 'plugins', name: 'request that a cache asks the upstream for', value: miss, unit: 'µs', target: null },
    { case: 'plugins', name: 'request that a cache answers', value: hit, unit: 'µs', target: null },
    { case: 'plugins', name: 'no cache to hit', value: ratio(plain, hit), unit: 'ratio', target: null },
    { case: 'plugins', name: 'cache: upstream to hit', value: ratio(miss, hit), unit: 'ratio', target: least(2) },
  ];
}

/** Microseconds of CPU. */
type Cost = number | null;

async function inTurn({ load, options, say }: Bench, subject: Subject): Promise<Cost[]> {
  const costs = subject.targets.map((): Cost[] => []);
  for (let round = 0; round <= options.rounds; round++) {
    for (const [i, target] of subject.targets.entries()) {
      say(`plugins: ${round === 0 ? 'warming up' : `round ${round} of ${options.rounds}`}, ${target.name}`);
      const { cpu } = await measure(subject, target, { ...options, load });
      if (round > 0) costs[i]!.push(cpu);
    }
  }
  return costs.map(medianOrNull);
}

function keeping(url: string): string {
  const config = { upstream: { url }, http: { plugins: [CACHE] } };
  const spec = { mode: 'HTTP', isPublic: true, isAnonymous: true, config };
  return stringify({ kind: 'Service', metadata: { name: 'kept' }, spec });
}

function targetOf(name: string, port: number, more: Target['headers'] = {}): Target {
  const headers = { host: `${name}.localhost:${port}`, ...more };
  return { name, port, path: '/v1/items', headers, echoPath: '/v1/items', upstreamSees: null };
}

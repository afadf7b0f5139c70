import { join } from 'node:path';
import { EXPRESSIONS } from '../expressions/expressions.ts';
import { type Bound, type Figure, least, most, ratio } from '../figure.ts';
import { outputOf } from '../processes.ts';
import type { Bench, Case } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../expressions/measure-process.ts');

interface Cost {
  readonly nanoseconds: number;
  readonly bytes: number | null;
}

/** By the name of the expression; `null`: the engine is not installed. */
type Costs = Readonly<Record<string, Cost>> | null;

/** How many times faster we should be. */
const PEERS: readonly (readonly [name: string, times: number])[] = [
  ['@bufbuild/cel', 15],
  ['@marcbachmann/cel-js', 2],
];

/** Nanoseconds. */
const TARGETS: Readonly<Record<string, number>> = { 'one method': 150, 'ten clauses': 1500 };

/** Conditions, beside other engines for the same language in the same run; and whole decisions. */
export const cel: Case = {
  name: 'cel',
  run: async (bench) => {
    const own = await measure(bench, 'own');
    const figures = Object.keys(EXPRESSIONS).flatMap((name) => ownFigures(name, own?.[name]));
    for (const [peer, times] of PEERS) {
      const costs = await measure(bench, peer);
      if (costs === null) bench.missing(peer);
      figures.push(...Object.keys(EXPRESSIONS).map((name) => peerFigure(name, peer, own, costs, least(times))));
    }
    return [
      ...figures,
      decisionFigure('decision of 100 rules', own?.decision),
      decisionFigure('decision of 100 rules, 90 about other Services', own?.['decision by service']),
    ];
  },
};

async function measure({ options, say }: Bench, engine: string): Promise<Costs> {
  say(`cel: ${engine}`);
  const order = JSON.stringify({ engine, seconds: options.seconds * Math.min(1, options.scale) });
  const flags = ['--expose-gc', '--max-semi-space-size=64'];
  return JSON.parse(await outputOf(process.execPath, [...flags, SCRIPT, order])) as Costs;
}

function ownFigures(expression: string, cost: Cost | undefined): Figure[] {
  const target = TARGETS[expression];
  const bound = target === undefined ? null : most(target);
  return [
    { case: 'cel', name: expression, value: cost?.nanoseconds ?? null, unit: 'ns', target: bound },
    { case: 'cel', name: `${expression}: allocated`, value: cost?.bytes ?? null, unit: 'B', target: most(1) },
  ];
}

function peerFigure(expression: string, peer: string, own: Costs, other: Costs, target: Bound): Figure {
  const value = ratio(other?.[expression]?.nanoseconds ?? null, own?.[expression]?.nanoseconds ?? null);
  return { case: 'cel', name: `${expression}: ${peer} to ours`, value, unit: 'ratio', target };
}

function decisionFigure(name: string, cost: Cost | undefined): Figure {
  const value = cost === undefined ? null : cost.nanoseconds / 1000;
  return { case: 'cel', name, value, unit: 'µs', target: most(10) };
}

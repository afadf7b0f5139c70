/**
 * Measures one engine in a process of its own, so that engines do not change what is compiled for one another:
 * `node --expose-gc measure-process.ts '{"engine":…,"seconds":…}'` prints JSON.
 */
import { median } from '../measure.ts';
import { DECISIONS, preparedDecision } from './decision.ts';
import { ENGINES, type EngineName } from './engines.ts';
import { EXPRESSIONS } from './expressions.ts';

interface Order {
  readonly engine: EngineName;
  /** For each expression. */
  readonly seconds: number;
}

interface Cost {
  readonly nanoseconds: number;
  /** Allocated, garbage included; `null`: nobody asks for that of other engines. */
  readonly bytes: number | null;
}

const ROUNDS = 7;
const BATCH = 1000;
/** Few enough that nothing is collected meanwhile, and enough that what else is allocated does not count. */
const COUNTED = 20 * BATCH;

/** @throws Error when the expression does not hold: a failure is quick, and its figures would say nothing. */
function measure(name: string, evaluate: () => unknown, seconds: number): Cost {
  if (evaluate() !== true) throw new Error(`${name}: the expression does not hold`);
  const round = (seconds * 1e9) / (ROUNDS + 1);
  timed(evaluate, round);
  const rounds = Array.from({ length: ROUNDS }, () => timed(evaluate, round));
  return { nanoseconds: median(rounds), bytes: order.engine === 'own' ? allocated(evaluate) : null };
}

/** Of CPU, so that what else runs on the machine does not count. */
function timed(evaluate: () => unknown, limit: number): number {
  const start = cpuNanoseconds();
  for (let count = BATCH; ; count += BATCH) {
    for (let i = 0; i < BATCH; i++) evaluate();
    const taken = cpuNanoseconds() - start;
    if (taken >= limit) return taken / count;
  }
}

function cpuNanoseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}

/** The least of several tries: what the compiler of JavaScript allocates meanwhile is not the expression's. */
function allocated(evaluate: () => unknown): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => allocatedOnce(evaluate)));
}

function allocatedOnce(evaluate: () => unknown): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNTED; i++) evaluate();
  return Math.max(0, (process.memoryUsage().heapUsed - before) / COUNTED);
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const prepare = await ENGINES[order.engine]();
const work = Object.entries(EXPRESSIONS).map(([name, source]) => [name, prepare?.(source)] as const);
if (order.engine === 'own') {
  for (const [name, passed] of Object.entries(DECISIONS)) work.push([name, preparedDecision(passed)]);
}
const costs = work.flatMap(([name, evaluate]) =>
  evaluate === undefined ? [] : [[name, measure(name, evaluate, order.seconds)] as const],
);
process.stdout.write(JSON.stringify(prepare === null ? null : Object.fromEntries(costs)));

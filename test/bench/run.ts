import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/base/errors.ts';
import { bodies } from './cases/bodies.ts';
import { bombs } from './cases/bombs.ts';
import type { Bench, Case } from './cases/case.ts';
import { cel } from './cases/cel.ts';
import { grpc } from './cases/grpc.ts';
import { identity } from './cases/identity.ts';
import { idle, idleTls, idleTunnels } from './cases/idle.ts';
import { latency } from './cases/latency.ts';
import { plugins } from './cases/plugins.ts';
import { replay } from './cases/replay.ts';
import { type Measured, measureRequests, REQUEST_TARGETS, requestFigures } from './cases/requests.ts';
import { signIns } from './cases/sign-ins.ts';
import { slow } from './cases/slow.ts';
import { workers } from './cases/workers.ts';
import type { Figure } from './figure.ts';
import type { Load } from './load/load.ts';
import { ownLoad } from './load/own.ts';
import { wrk } from './load/wrk.ts';
import type { BenchOptions } from './options.ts';
import { findProgram } from './processes.ts';
import { compare, type Report } from './report.ts';

const CASES: readonly Case[] = [
  latency,
  bodies,
  slow,
  grpc,
  idle,
  idleTls,
  idleTunnels,
  workers,
  cel,
  bombs,
  replay,
  identity,
  signIns,
  plugins,
];

/** Names for what is measured together. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  requests: REQUEST_TARGETS,
  plain: ['nginx', 'caddy', 'gateway-plain'],
  known: ['gateway-plain', 'gateway-known'],
  cookie: ['nginx', 'caddy', 'gateway-cookie'],
};

const NAMES: readonly string[] = [...REQUEST_TARGETS, ...Object.keys(GROUPS), ...CASES.map(({ name }) => name)];

type Progress = (line: string) => void;

/** Everything that is started ends with the stack. */
export async function runBench(stack: AsyncDisposableStack, options: BenchOptions, say: Progress): Promise<Report> {
  const wanted = wantedNames(options.cases);
  const load = chooseLoad(options.load);
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-bench-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true });
  const [missing, failures, figures] = [new Set<string>(), [] as string[], [] as Figure[]];
  const parts = { options, load, say, missing: (name: string) => void missing.add(name) };
  const measured: Measured[] = [];
  const attempt = async (name: string, run: (bench: Bench) => Promise<void>) => {
    const problem = await alone(stack, (own) => run({ ...parts, stack: own, directory: join(directory, name) }));
    if (problem !== null) failures.push(`${name}: ${problem}`);
  };
  if (REQUEST_TARGETS.some((name) => wanted.has(name))) {
    await attempt('requests', async (bench) => void measured.push(...(await measureRequests(bench, wanted))));
  }
  for (const { name, run } of CASES.filter((one) => wanted.has(one.name))) {
    await attempt(name, async (bench) => void figures.push(...(await run(bench))));
  }
  const { connections, seconds, rounds, scale } = options;
  const shape = { load: load.name, connections, seconds, rounds, scale, node: process.version };
  const all = [...requestFigures(measured), ...figures];
  return { ...shape, results: compare(measured), figures: all, missing: [...missing], failures };
}

/** With a stack that ends with it, whatever happens. Gives what went wrong, or `null`. */
async function alone(outer: AsyncDisposableStack, run: (stack: AsyncDisposableStack) => Promise<void>) {
  const own = outer.use(new AsyncDisposableStack());
  try {
    await run(own);
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    await own.disposeAsync();
  }
}

function wantedNames(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`there is no case "${unknown}"; there are ${NAMES.join(', ')}`);
  const given = names.length === 0 ? NAMES : names;
  return new Set(given.flatMap((name) => GROUPS[name] ?? [name]));
}

function chooseLoad(name: BenchOptions['load']): Load {
  const program = name === 'own' ? null : findProgram('wrk');
  if (program !== null) return wrk(program);
  if (name === 'wrk') throw new Error('wrk is not installed');
  return ownLoad;
}

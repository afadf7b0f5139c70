import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Load } from './load/load.ts';
import { ownLoad } from './load/own.ts';
import { wrk } from './load/wrk.ts';
import { type Figures, measure, medians, probe, type Shape } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { findProgram } from './processes.ts';
import { compare, type Report } from './report.ts';
import { gateway } from './subjects/gateway.ts';
import { haproxy } from './subjects/haproxy.ts';
import { nginx } from './subjects/nginx.ts';
import type { StartSubject, Subject, Target } from './subjects/subject.ts';
import { startUpstream } from './subjects/upstream.ts';

const PEERS = { nginx, haproxy };
const OWN_CASES = ['gateway-plain', 'gateway-cookie', 'gateway-bearer'] as const;
const CASES: readonly string[] = [...Object.keys(PEERS), ...OWN_CASES];

type Progress = (line: string) => void;

/** Everything that is started ends with the stack. */
export async function runBench(stack: AsyncDisposableStack, options: BenchOptions, say: Progress): Promise<Report> {
  const wanted = wantedCases(options.cases);
  const load = chooseLoad(options.load);
  const { starts, missing } = subjects(stack, wanted, options.profile);
  const upstreamPort = await startUpstream(stack);
  const started: Subject[] = [];
  for (const start of starts) started.push(await start(stack, upstreamPort));
  const runs = started.flatMap((subject) => subject.targets.map((target) => ({ subject, target })));
  const chosen = runs.filter(({ target }) => wanted.has(target.name));
  const { connections, seconds, rounds } = options;
  const figures = await inRounds(chosen, { load, connections, seconds }, rounds, say);
  const shape = { load: load.name, connections, seconds, rounds, node: process.version };
  return { ...shape, results: compare(figures), missing };
}

function wantedCases(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.find((name) => !CASES.includes(name));
  if (unknown !== undefined) throw new Error(`there is no case "${unknown}"; there are ${CASES.join(', ')}`);
  return new Set(names.length === 0 ? CASES : names);
}

function chooseLoad(name: BenchOptions['load']): Load {
  const program = name === 'own' ? null : findProgram('wrk');
  if (program !== null) return wrk(program);
  if (name === 'wrk') throw new Error('wrk is not installed');
  return ownLoad;
}

function subjects(stack: AsyncDisposableStack, wanted: ReadonlySet<string>, profile: string | null) {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-bench-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const starts: StartSubject[] = [];
  const missing: string[] = [];
  for (const [name, peer] of Object.entries(PEERS)) {
    if (!wanted.has(name)) continue;
    const program = findProgram(name);
    if (program === null) missing.push(name);
    else starts.push(peer(program, join(directory, name)));
  }
  if (profile !== null) mkdirSync(profile, { recursive: true });
  if (OWN_CASES.some((name) => wanted.has(name))) starts.push(gateway(join(directory, 'gateway'), profile));
  return { starts, missing };
}

interface Run {
  readonly subject: Subject;
  readonly target: Target;
}

/** Each case once in every round, so that what else the machine does meets all of them alike; the first time is to warm up. */
async function inRounds(runs: readonly Run[], shape: Shape, rounds: number, say: Progress) {
  const figures = runs.map((): Figures[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { subject, target }] of runs.entries()) {
      say(round === 0 ? `warming up: ${target.name}` : `round ${round} of ${rounds}: ${target.name}`);
      if (round === 0) await probe(target);
      const measured = await measure(subject, target, shape);
      if (round > 0) figures[i]!.push(measured);
    }
  }
  return runs.map(({ target }, i) => ({ name: target.name, ...medians(figures[i]!) }));
}

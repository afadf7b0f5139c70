import { join } from 'node:path';
import { type Figure, most, ratio } from '../figure.ts';
import { type Figures, measure, medians, probe } from '../measure.ts';
import { caddy } from '../subjects/caddy.ts';
import { gateway } from '../subjects/gateway.ts';
import { haproxy } from '../subjects/haproxy.ts';
import { nginx } from '../subjects/nginx.ts';
import type { StartSubject, Subject, Target } from '../subjects/subject.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { type Bench, peerProgram } from './case.ts';

const PEERS = { nginx, haproxy, caddy };
const OWN = ['gateway-plain', 'gateway-known', 'gateway-cookie', 'gateway-bearer', 'gateway-assertion'] as const;

/** What can be measured by short requests one after another. */
export const REQUEST_TARGETS: readonly string[] = [...Object.keys(PEERS), ...OWN];

export interface Measured extends Figures {
  readonly name: string;
}

/** Each target once in every round, so that what else the machine does meets all of them alike. */
export async function measureRequests(bench: Bench, wanted: ReadonlySet<string>): Promise<Measured[]> {
  const upstreamPort = await startUpstream(bench.stack);
  const started: Subject[] = [];
  for (const start of subjects(bench, wanted)) started.push(await start(bench.stack, upstreamPort));
  const runs = started.flatMap((subject) => subject.targets.map((target) => ({ subject, target })));
  return inRounds(
    bench,
    runs.filter(({ target }) => wanted.has(target.name)),
  );
}

function subjects(bench: Bench, wanted: ReadonlySet<string>): StartSubject[] {
  const starts: StartSubject[] = [];
  for (const [name, peer] of Object.entries(PEERS)) {
    const program = wanted.has(name) ? peerProgram(bench, name) : null;
    if (program !== null) starts.push(peer(program, join(bench.directory, name)));
  }
  if (OWN.some((name) => wanted.has(name))) {
    starts.push(gateway(join(bench.directory, 'gateway'), bench.options.profile));
  }
  return starts;
}

interface Run {
  readonly subject: Subject;
  readonly target: Target;
}

/** The first time is to warm up. */
async function inRounds({ options, load, say }: Bench, runs: readonly Run[]): Promise<Measured[]> {
  const { connections, seconds, rounds } = options;
  const figures = runs.map((): Figures[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { subject, target }] of runs.entries()) {
      say(round === 0 ? `warming up: ${target.name}` : `round ${round} of ${rounds}: ${target.name}`);
      if (round === 0) await probe(target);
      const measured = await measure(subject, target, { load, connections, seconds });
      if (round > 0) figures[i]!.push(measured);
    }
  }
  return runs.map(({ target }, i) => ({ name: target.name, ...medians(figures[i]!) }));
}

/** What the table of the targets says about them; pairs of which one was not measured are left out. */
export function requestFigures(measured: readonly Measured[]): Figure[] {
  const cpuOf = (name: string) => measured.find((one) => one.name === name);
  const ratios = PAIRS.flatMap(([name, one, other, target]) => {
    const [mine, theirs] = [cpuOf(one), cpuOf(other)];
    if (mine === undefined || theirs === undefined) return [];
    return [{ case: 'requests', name, value: ratio(mine.cpu, theirs.cpu), unit: 'ratio' as const, target }];
  });
  return [...ratios, ...addedByIdentity(cpuOf('gateway-plain')?.cpu, cpuOf('gateway-known')?.cpu)];
}

/** Of one config, by whether anybody is asked who they are. */
function addedByIdentity(plain: number | null | undefined, known: number | null | undefined): Figure[] {
  if (plain === undefined || known === undefined) return [];
  const value = plain === null || known === null ? null : known - plain;
  return [{ case: 'requests', name: 'cookie of a known session: CPU added', value, unit: 'µs', target: most(6) }];
}

const PAIRS = [
  ['plain proxy: CPU a request to nginx', 'gateway-plain', 'nginx', most(2)],
  ['everything on: CPU a request to nginx plain', 'gateway-cookie', 'nginx', most(2.5)],
  ['everything on: CPU a request to Caddy plain', 'gateway-cookie', 'caddy', most(0.5)],
  ['plain proxy: CPU a request to Caddy', 'gateway-plain', 'caddy', null],
  ['identity assertion: CPU a request to without', 'gateway-assertion', 'gateway-bearer', most(1.1)],
] as const;

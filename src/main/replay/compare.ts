import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CountedRequest, DecisionDiff, DecisionsWanted, Verdict } from '../../admin/decision-api.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import { Changes } from './changes.ts';
import { probes } from './probes.ts';
import { Redecider, type Redecision } from './redecider.ts';
import { Tally } from './tally.ts';

/** More would keep whoever asked waiting. */
const MOST = 100_000;
/** Between two turns of the event loop: the process may be serving requests. */
const BATCH = 100;

/** Decides the same requests under two configurations. @param now milliseconds since 1970, for those that are tried */
export async function compareDecisions(
  before: CompiledSnapshot,
  after: CompiledSnapshot,
  { requests, samples }: DecisionsWanted,
  now: number,
): Promise<DecisionDiff> {
  const comparison = new Comparison(before, after, samples);
  let tried = 0;
  for (const request of requests ?? probes(before, after, now)) {
    if (tried === MOST) return { ...comparison.report(), isCut: true };
    comparison.take(request);
    tried++;
    if (tried % BATCH === 0) await nextTurn();
  }
  return { ...comparison.report(), isCut: false };
}

type Unknown = Extract<Redecision, { kind: 'unknown' }>;

class Comparison {
  readonly #before: Redecider;
  readonly #after: Redecider;
  readonly #changes: Changes;
  readonly #undecidable = new Tally();
  #compared = 0;

  constructor(before: CompiledSnapshot, after: CompiledSnapshot, samples: number) {
    this.#before = new Redecider(before);
    this.#after = new Redecider(after);
    this.#changes = new Changes(samples);
  }

  take(request: CountedRequest): void {
    const before = this.#before.decide(request);
    const after = this.#after.decide(request);
    if (before.kind === 'unknown') this.#leave(request, before);
    else if (after.kind === 'unknown') this.#leave(request, after);
    else this.#compare(request, verdictOf(before), verdictOf(after));
  }

  #compare(request: CountedRequest, before: Verdict, after: Verdict): void {
    this.#compared += request.count;
    this.#changes.compare(request, before, after, request.count);
  }

  #leave({ service, count }: CountedRequest, { reads }: Unknown): void {
    this.#undecidable.count(`Service/${service}: a rule needs ${reads}`, count);
  }

  report(): Omit<DecisionDiff, 'isCut'> {
    return { compared: this.#compared, ...this.#changes.report(), undecidable: this.#undecidable.report() };
  }
}

/** Who does not exist gets nothing, and so does whoever asks for a Service that does not. */
function verdictOf(redecision: Exclude<Redecision, Unknown>): Verdict {
  if (redecision.kind === 'decided') return redecision.verdict;
  return { effect: 'deny', reason: `there is no ${redecision.what}`, policy: null, rule: null };
}

import type { DecisionChange, Undecidable, Verdict } from '../../admin/decision-api.ts';
import { Changes } from './changes.ts';
import { readRecordedLine } from './recorded-line.ts';
import { Tally } from './tally.ts';

export interface ShadowLogReport {
  readonly lines: number;
  readonly disagreeing: number;
  readonly policies: readonly { readonly policy: string; readonly changes: readonly DecisionChange[] }[];
  /** Lines that are none of an access log. */
  readonly unreadable: readonly Undecidable[];
}

/** Collects from an access log what shadow policies would have decided otherwise. */
export class ShadowLog {
  readonly #samples: number;
  readonly #policies = new Map<string, Changes>();
  readonly #unreadable = new Tally();
  #lines = 0;
  #disagreeing = 0;

  constructor(samples: number) {
    this.#samples = samples;
  }

  take(line: string): void {
    if (line.trim() === '') return;
    this.#lines++;
    const recorded = readRecordedLine(line);
    if (!recorded.ok) {
      if (recorded.isForeign) this.#unreadable.count(recorded.why);
      return;
    }
    if (recorded.shadow.length > 0) this.#disagreeing++;
    for (const { policy, would } of recorded.shadow) {
      const after: Verdict = { effect: would, reason: 'shadow', policy, rule: null };
      this.#changesOf(policy).compare(recorded.request, recorded.verdict, after);
    }
  }

  report(): ShadowLogReport {
    const policies = [...this.#policies].map(([policy, changes]) => ({ policy, changes: changes.report().changes }));
    return {
      lines: this.#lines,
      disagreeing: this.#disagreeing,
      policies: policies.sort((a, b) => (a.policy < b.policy ? -1 : 1)),
      unreadable: this.#unreadable.report(),
    };
  }

  #changesOf(policy: string): Changes {
    const known = this.#policies.get(policy) ?? new Changes(this.#samples);
    this.#policies.set(policy, known);
    return known;
  }
}

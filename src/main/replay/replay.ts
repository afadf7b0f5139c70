import type { RecordedRequest, Undecidable, Verdict } from '../../admin/decision-api.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import { type ChangeReport, Changes } from './changes.ts';
import { readRecordedLine } from './recorded-line.ts';
import { Redecider } from './redecider.ts';
import { Tally } from './tally.ts';

export interface ReplayReport extends ChangeReport {
  readonly lines: number;
  /** Lines that were decided again, changes included. */
  readonly decided: number;
  /** Lines that were decided without a Credential that is not there, by its name. */
  readonly without: readonly Undecidable[];
  /** Lines that were not, by the reason. */
  readonly undecidable: readonly Undecidable[];
}

/** Decides the requests of an access log again, line by line, and keeps what is different. */
export class Replay {
  readonly #redecider: Redecider;
  readonly #changes: Changes;
  readonly #undecidable = new Tally();
  readonly #without = new Tally();
  #lines = 0;
  #decided = 0;

  /** @param samples requests to keep of each change */
  constructor(snapshot: CompiledSnapshot, samples: number) {
    this.#redecider = new Redecider(snapshot);
    this.#changes = new Changes(samples);
  }

  take(line: string): void {
    if (line.trim() === '') return;
    this.#lines++;
    const recorded = readRecordedLine(line);
    if (recorded.ok) this.#decide(recorded.request, recorded.verdict);
    else this.#undecidable.count(recorded.why);
  }

  #decide(request: RecordedRequest, before: Verdict): void {
    const again = this.#redecider.decide(request);
    switch (again.kind) {
      case 'decided':
        this.#decided++;
        this.#changes.compare(request, before, again.verdict);
        if (again.without !== null) this.#without.count(`Credential/${again.without}`);
        break;
      case 'absent':
        this.#undecidable.count(`there is no ${again.what}`);
        break;
      case 'unknown':
        this.#undecidable.count(`Service/${request.service}: a rule needs ${again.reads}, which is not in the log`);
        break;
    }
  }

  report(): ReplayReport {
    return {
      lines: this.#lines,
      decided: this.#decided,
      ...this.#changes.report(),
      without: this.#without.report(),
      undecidable: this.#undecidable.report(),
    };
  }
}

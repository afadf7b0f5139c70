import type { CountedRequest, RecordedRequest } from '../../admin/decision-api.ts';
import { readRecordedLine } from './recorded-line.ts';

/** What fits into one question to a running gateway. */
const MOST = 20_000;

/** The requests of an access log, those that differ in nothing but the time as one. */
export class LoggedRequests {
  readonly #requests = new Map<string, CountedRequest>();
  #left = 0;

  take(line: string): void {
    const recorded = readRecordedLine(line);
    if (!recorded.ok) return;
    const { request } = recorded;
    const key = keyOf(request);
    const count = (this.#requests.get(key)?.count ?? 0) + 1;
    if (count === 1 && this.#requests.size >= MOST) this.#left++;
    else this.#requests.set(key, { ...request, count });
  }

  report(): { readonly requests: readonly CountedRequest[]; readonly left: number } {
    return { requests: [...this.#requests.values()], left: this.#left };
  }
}

/** The last time stands for all. */
function keyOf({ time: _, queryLength, ...rest }: RecordedRequest): string {
  return JSON.stringify([queryLength > 0, ...Object.values(rest)]);
}

import { readBundle } from '../../../policies/rego/bundle/bundle.ts';
import { durationMs } from '../../base/duration.ts';
import { bearer } from './bearer.ts';
import { readBundlePath, stampOf, writeWhole } from './bundle-files.ts';
import { BundleKeeper, type KeeperParts } from './bundle-keeper.ts';
import { type Delays, nextDelay } from './delays.ts';
import type { HttpAnswer, HttpCaller } from './http-call.ts';
import { lastGoodPath } from './last-good.ts';

const MIN_DELAY_MS = 60_000;
const MAX_DELAY_MS = 120_000;
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

export interface DownloadParts extends KeeperParts {
  /** The data directory. */
  readonly data: string;
  readonly caller: HttpCaller;
}

/** A bundle of a bundle server (OPA: Bundle Service API). The last good one is kept for a start without the server. */
export class DownloadedBundle extends BundleKeeper {
  readonly #url: URL;
  readonly #caller: HttpCaller;
  readonly #lastGood: string;
  readonly #delays: Delays;
  /** Of what is in the slot. */
  #etag: string | null = null;
  #failures = 0;

  constructor(parts: DownloadParts) {
    super(parts);
    this.#url = new URL(parts.settings.url!);
    this.#caller = parts.caller;
    this.#lastGood = lastGoodPath(parts.data, parts.settings);
    this.#delays = delaysOf(parts.settings.polling);
  }

  lookNow(): void {
    if (this.slot.current !== null || stampOf(this.#lastGood) === null) return;
    const { verification } = this;
    this.take(() => readBundlePath(this.#lastGood, verification));
  }

  protected async look(): Promise<number> {
    const answer = await this.#ask();
    if (!this.isStarted) return 0;
    const isGood = this.#took(answer);
    this.#failures = isGood ? 0 : this.#failures + 1;
    return nextDelay(this.#delays, this.#failures, Math.random());
  }

  #ask(): Promise<HttpAnswer> {
    const authorization = bearer(this.settings.token, this.openSecret);
    if (authorization === null) {
      return Promise.resolve({ kind: 'failed', message: 'the Secret with its token is not there', code: '' });
    }
    const condition = this.#etag === null ? {} : { 'if-none-match': this.#etag };
    // Deltas (`Prefer: modes=delta`) are for data that changes all the time.
    const headers = { accept: 'application/gzip', prefer: 'modes=snapshot', ...condition, ...authorization };
    const limits = { timeout: TIMEOUT_MS, maxBody: MAX_BYTES };
    return this.#caller.call({ url: this.#url, method: 'GET', headers, body: null, ...limits });
  }

  #took(answer: HttpAnswer): boolean {
    if (answer.kind === 'failed') return this.#notTaken(`its server: ${answer.message}`);
    const { current } = this.slot;
    if (answer.status === 304 && current !== null) return this.serve(current);
    if (answer.status !== 200) return this.#notTaken(`its server answered with status ${answer.status}`);
    const { verification } = this;
    const keep = () => writeWhole(this.#lastGood, answer.body);
    const isTaken = this.take(() => readBundle(answer.body, verification), keep);
    if (isTaken) this.#etag = answer.etag;
    return isTaken;
  }

  #notTaken(problem: string): false {
    this.failed(problem);
    return false;
  }
}

function delaysOf(polling: KeeperParts['settings']['polling']): Delays {
  const min = msOf(polling?.minDelay) ?? Math.min(MIN_DELAY_MS, msOf(polling?.maxDelay) ?? MIN_DELAY_MS);
  return { min, max: Math.max(min, msOf(polling?.maxDelay) ?? MAX_DELAY_MS) };
}

function msOf(duration: Parameters<typeof durationMs>[0] | undefined): number | null {
  return duration === undefined ? null : durationMs(duration);
}

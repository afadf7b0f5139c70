import type { ScriptReply } from '../plugins/script/host.ts';

/** A thread that lived this long did not end because of how it was started. */
const LONG_MS = 10_000;
const FIRST_MS = 25;
/** Requests wait meanwhile, those that have not ended any thread too. */
const LONGEST_MS = 1_000;
/** Of a script that does not even load. */
const LONGEST_UNLOADABLE_MS = 30_000;

/** How long to wait before the next thread: not at all at first, then twice as long each time. Times are monotonic. */
export class Pause {
  #quickEnds = 0;
  #until = 0;
  #because: string | null = null;

  /** A thread ended that had loaded. */
  died(livedMs: number, now: number): void {
    this.#because = null;
    this.#quickEnds = livedMs < LONG_MS ? this.#quickEnds + 1 : 1;
    const delay = this.#quickEnds < 2 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#quickEnds - 2));
    this.#until = now + delay;
  }

  unloadable(because: string, now: number): void {
    this.#because = because;
    this.#quickEnds += 1;
    this.#until = now + Math.min(LONGEST_UNLOADABLE_MS, FIRST_MS * 2 ** Math.min(this.#quickEnds, 20));
  }

  /** Milliseconds. */
  left(now: number): number {
    return Math.max(0, this.#until - now);
  }

  /** There is no use in waiting for what did not load a moment ago. */
  refusal(now: number): ScriptReply | null {
    if (this.#because === null || this.left(now) === 0) return null;
    return { kind: 'failed', because: `it does not load: ${this.#because}` };
  }
}

/** Of the requests, how many may be retries. */
const SHARE = 0.2;
/** Retries a second that are there without it, so that upstreams with few requests get theirs too. */
const A_SECOND = 3;
/** What can be saved up. */
const MOST = 30;

/** Keeps retries a small part of an upstream's requests, so that they do not multiply the load of an outage. */
export class RetryBudget {
  #tokens = MOST;
  #filledAt = Number.NEGATIVE_INFINITY;

  /** A request was sent for the first time. */
  requested(): void {
    this.#tokens = Math.min(MOST, this.#tokens + SHARE);
  }

  /** Whether one more retry is all right; it is counted then. @param now monotonic milliseconds */
  take(now: number): boolean {
    const seconds = (now - this.#filledAt) / 1000;
    this.#filledAt = now;
    this.#tokens = Math.min(MOST, this.#tokens + seconds * A_SECOND);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

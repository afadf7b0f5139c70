/** Time as two clocks: `now` for what is stored and shown, `monotonic` for durations and time-outs. */
export interface Clock {
  /** Milliseconds since 1970, may jump. */
  now(): number;
  /** Milliseconds since some fixed moment, never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A turn of the event loop that is this short had next to nothing to do. Milliseconds. */
const SHORT_TURN = 0.2;
/** How long such a turn is waited for. Milliseconds. */
const LONGEST_WAIT = 500;

/**
 * Resolves in a moment when a listening socket may be closed. Connections that the system has made and that nobody has
 * taken yet are reset with it, and in each turn of the event loop only one is taken: so in the last turn none must have
 * come, and it must have been short, because more may come until the socket is closed.
 *
 * @param accepted how many connections were taken so far
 */
export function quietMoment(accepted: () => number): Promise<void> {
  const end = performance.now() + LONGEST_WAIT;
  return new Promise((resolve) => {
    const look = (before: number, begun: number): void => {
      const [count, now] = [accepted(), performance.now()];
      const isQuiet = count === before && now - begun < SHORT_TURN;
      if (isQuiet || now >= end) resolve();
      else setImmediate(look, count, now);
    };
    setImmediate(look, accepted(), Number.NEGATIVE_INFINITY);
  });
}

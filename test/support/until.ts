import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;
/** Nobody waits so long but on a machine that is busy with other things. */
const LONGEST_WAIT_MS = 60_000;

type Found<T> = T | null | undefined | false;

/** Waits for something to become so; what it waits for is named when it never does. */
export async function until<T>(what: string | (() => string), look: () => Found<T> | Promise<Found<T>>): Promise<T> {
  const end = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await sleep(POLL_MS);
  }
}

/** Milliseconds between one look at a bundle server and the next. */
export interface Delays {
  readonly min: number;
  readonly max: number;
}

const FIRST_RETRY_MS = 500;

/**
 * Anywhere between the two, so that gateways do not ask all at once; after failures sooner at first, and then more and
 * more rarely.
 *
 * @param failures in a row
 * @param chance from 0 to 1
 */
export function nextDelay({ min, max }: Delays, failures: number, chance: number): number {
  if (failures === 0) return min + (max - min) * chance;
  const longest = Math.min(max, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 30));
  return longest * (0.5 + chance / 2);
}

import { hash } from 'node:crypto';

export interface Share {
  readonly name: string;
  readonly weight: number;
}

/** Fractions of this many steps are exact in a double. */
const STEPS = 2 ** 48;
const HEX_DIGITS = 12;

/**
 * Which of the shares a key falls to, by weighted rendezvous hashing: the same in every process and after every start,
 * and another weight moves keys only towards the share that grew or away from the one that shrank. Weights of 0 are
 * left out before.
 *
 * @param salt so that who is among the first somewhere is not everywhere
 */
export function shareOf<S extends Share>(shares: readonly S[], salt: string, key: string): S {
  const [first, ...others] = shares as readonly [S, ...S[]];
  let [best, least] = [first, arrival(first, salt, key)];
  for (const share of others) {
    const at = arrival(share, salt, key);
    if (at < least) [best, least] = [share, at];
  }
  return best;
}

/** An exponential random variable whose rate is the weight: the first to arrive is each with its share. */
function arrival({ name, weight }: Share, salt: string, key: string): number {
  const digits = hash('sha256', JSON.stringify([salt, name, key]), 'hex').slice(0, HEX_DIGITS);
  return -Math.log((Number.parseInt(digits, 16) + 1) / (STEPS + 1)) / weight;
}

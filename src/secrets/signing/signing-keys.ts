import {
  openSigningKey,
  type PublicJwk,
  type SigningAlgorithm,
  type SigningKey,
  type SigningKeyData,
} from './signing-key.ts';

const DAY_MS = 86_400_000;

/** Nothing that is signed here lives longer, in milliseconds. */
const LONGEST_LIFE_MS = DAY_MS;
/** How long a key stays published after the last thing that it signed has ended, in milliseconds. */
const KEPT_MS = 7 * DAY_MS;

interface Entry extends SigningKey {
  readonly signsFrom: number;
  readonly publishedUntil: number;
}

/** The keys that this process signs with; which of them does follows from the time. */
export class SigningKeys {
  #entries: readonly Entry[] = [];

  /** @throws Error when one of them is no key; those of before stay then. */
  replace(keys: readonly SigningKeyData[]): void {
    this.#entries = keys.map((data) => ({
      ...openSigningKey(data),
      signsFrom: data.signsFrom,
      publishedUntil: publishedUntil(data, keys),
    }));
  }

  /** The one to sign with, `null` when there is none. @param now milliseconds since 1970 */
  current(algorithm: SigningAlgorithm, now: number): SigningKey | null {
    let found: Entry | null = null;
    for (const entry of this.#entries) {
      const mayCount = entry.algorithm === algorithm && entry.signsFrom <= now;
      if (mayCount && (found === null || entry.signsFrom >= found.signsFrom)) found = entry;
    }
    return found;
  }

  /** What whoever verifies may come across, public parts only. */
  published(now: number): PublicJwk[] {
    return this.#entries.filter((entry) => now < entry.publishedUntil).map(({ publicJwk }) => publicJwk);
  }
}

/** When nothing that it signed can be valid any more; `Infinity` as long as no other key takes over. */
export function publishedUntil(key: SigningKeyData, all: readonly SigningKeyData[]): number {
  const later = all.filter(({ algorithm, signsFrom }) => algorithm === key.algorithm && signsFrom > key.signsFrom);
  return Math.min(...later.map(({ signsFrom }) => signsFrom)) + LONGEST_LIFE_MS + KEPT_MS;
}

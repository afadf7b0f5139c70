import type { Awaitable } from '../../base/awaitable.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { SecretValue } from '../../base/secret-value.ts';
import type { TextVault } from '../text-vault.ts';
import { formatRing, parseRing } from './ring-format.ts';
import { newSigningKey, SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKeyData } from './signing-key.ts';
import { publishedUntil } from './signing-keys.ts';

/** Where the sealed ring is kept: one text, which only whoever knows its present form can replace. */
export interface SealedRingStore {
  get(): Awaitable<string | null>;
  /** `false`: there is one. */
  add(text: string): Awaitable<boolean>;
  /** `false`: it is not `former` any more. */
  replace(text: string, former: string): Awaitable<boolean>;
}

export interface SigningRingDeps {
  readonly store: SealedRingStore;
  readonly texts: TextVault;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** A new key is published for so long before it signs, in milliseconds: longer than key sets are cached. */
export const PUBLISHED_AHEAD_MS = 15 * 60_000;
/** A key that is older is replaced, in milliseconds. */
const MOST_AGE_MS = 30 * 86_400_000;
const NAME = 'signing-keys/ring';
const ATTEMPTS = 5;

type Keys = readonly SigningKeyData[];

/** The private keys that tokens and assertions are signed with, sealed in the store beside what they are used for. */
export class SigningRing {
  readonly #deps: SigningRingDeps;

  constructor(deps: SigningRingDeps) {
    this.#deps = deps;
  }

  /**
   * The keys, with what time asks for done: the first ones made, old ones replaced, those that nothing needs taken out.
   * @throws AppError `conflict`, or what the store throws
   */
  keep(): Promise<Keys> {
    return this.#change((keys, now) => withNewKeys(keys, now, (newest) => now - newest.createdAt >= MOST_AGE_MS));
  }

  /** New keys of every algorithm, which sign once they were published for a while. @throws AppError as above */
  rotate(): Promise<Keys> {
    return this.#change((keys, now) => withNewKeys(keys, now, () => true));
  }

  async #change(change: (keys: Keys, now: number) => Keys): Promise<Keys> {
    for (let i = 0; i < ATTEMPTS; i++) {
      const sealed = await this.#deps.store.get();
      const present = sealed === null ? [] : this.#open(sealed);
      const keys = change(present, this.#deps.clock.now());
      if (sameKeys(present, keys)) return present;
      if (await this.#put(keys, sealed)) return keys;
    }
    throw new AppError('conflict', 'the signing keys are being changed by another process');
  }

  #put(keys: Keys, former: string | null): Awaitable<boolean> {
    const { store, texts } = this.#deps;
    const text = texts.seal(NAME, new SecretValue(formatRing(keys)));
    return former === null ? store.add(text) : store.replace(text, former);
  }

  /** Keys that cannot be opened are of no use to anybody; what they signed ends within minutes. */
  #open(sealed: string): Keys {
    const text = this.#deps.texts.open(NAME, sealed);
    const keys = text === null ? null : parseRing(text.reveal());
    if (keys === null) this.#deps.warn('the signing keys cannot be opened: new ones are made');
    return keys ?? [];
  }
}

function withNewKeys(keys: Keys, now: number, isDue: (newest: SigningKeyData) => boolean): Keys {
  const needed = keys.filter((key) => now < publishedUntil(key, keys));
  const fresh = SIGNING_ALGORITHMS.flatMap((algorithm) => {
    const newest = newestOf(needed, algorithm);
    // Nobody can have cached a set without the first key.
    if (newest === null) return [newSigningKey(algorithm, now, 0)];
    return isDue(newest) ? [newSigningKey(algorithm, now, now + PUBLISHED_AHEAD_MS)] : [];
  });
  return [...needed, ...fresh];
}

function newestOf(keys: Keys, algorithm: SigningAlgorithm): SigningKeyData | null {
  const own = keys.filter((key) => key.algorithm === algorithm);
  return own.reduce<SigningKeyData | null>((a, b) => (a === null || b.createdAt >= a.createdAt ? b : a), null);
}

function sameKeys(a: Keys, b: Keys): boolean {
  return a.length === b.length && a.every(({ kid }, i) => kid === b[i]?.kid);
}

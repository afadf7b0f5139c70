import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretView } from '../../gateway/snapshot.ts';
import type { ApiKeys } from './schema.ts';

/** Bytes; a shorter one could be guessed. */
const SHORTEST_KEY = 16;

type Entry = NonNullable<ApiKeys['keys']>[number];

interface Known {
  readonly version: number;
  /** `null`: the Secret is missing, or too short to be a key. */
  readonly digest: Buffer | null;
}

/** The keys of one plugin as digests under a key of this process, so that comparing them tells nothing by its time. */
export class Keys {
  readonly #entries: readonly Entry[];
  readonly #pepper = randomBytes(32);
  readonly #known: Known[] = [];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** Whose key this is. */
  find(shown: string, secrets: SecretView): Entry | null {
    const digest = this.#digestOf(shown);
    let found: Entry | null = null;
    for (const [i, entry] of this.#entries.entries()) {
      const known = this.#current(i, entry, secrets);
      if (known !== null && timingSafeEqual(known, digest)) found ??= entry;
    }
    return found;
  }

  /** For the log, when nobody's was found. */
  whyNone(secrets: SecretView): string {
    const unusable = this.#entries.find((entry, i) => this.#current(i, entry, secrets) === null);
    if (unusable === undefined) return 'it is none of the keys';
    return `it is none of the keys; the Secret "${unusable.key.fromSecret}" is missing, or shorter than ${SHORTEST_KEY} bytes`;
  }

  #current(at: number, { key }: Entry, secrets: SecretView): Buffer | null {
    const version = secrets.version(key.fromSecret);
    const known = this.#known[at];
    if (known?.version === version) return known.digest;
    const secret = secrets.open(key.fromSecret);
    const digest = secret === null || secret.byteLength < SHORTEST_KEY ? null : this.#digestOf(secret.reveal());
    this.#known[at] = { version, digest };
    return digest;
  }

  #digestOf(text: string): Buffer {
    return createHmac('sha256', this.#pepper).update(text).digest();
  }
}

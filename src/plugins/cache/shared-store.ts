import { hash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { AnswerStore, KeepAnswer, Look } from './answer-store.ts';
import { type Entry, fits, joined } from './entry.ts';
import { decodeStored, encodeElsewhere, encodeEntry, encodeVaries, type Stored } from './entry-codec.ts';
import { type CacheKey, isInKey } from './key.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** What an upstream said that late may be from before a change that nobody remembers. */
const LONGEST_READING_MS = 10 * 60_000;
const LONGEST_KEPT_MS = 24 * 3_600_000;

export interface SharedStoreParts {
  readonly answers: SharedAnswers;
  readonly clock: Clock;
  /** The same in all gateways that have the same configuration. */
  readonly area: string;
  /** Milliseconds that an answer is kept. */
  readonly ttl: number;
}

/** What was found by one name, and by which names it is kept. */
interface Kept {
  readonly entry: Entry | null;
  /** Of the target. */
  readonly state: string | null;
  /** Of what says where the answer is, if anything does. */
  readonly nameState: string | null;
  readonly names: readonly string[];
}

const NOTHING: Kept = { entry: null, state: null, nameState: null, names: [] };

/** Answers that all gateways share. Whatever cannot be had or understood is not there. */
export class SharedStore implements AnswerStore {
  readonly area: string;
  readonly #parts: SharedStoreParts;

  constructor(parts: SharedStoreParts) {
    this.#parts = parts;
    this.area = parts.area;
  }

  async look(key: CacheKey, headers: HeaderList, shares: boolean): Promise<Look> {
    const [own, common] = await Promise.all([
      this.#find(key.own, key, headers),
      shares ? this.#find(key.shared, key, headers) : NOTHING,
    ]);
    const found = common.entry === null ? own : common;
    return {
      entry: found.entry,
      forget: () => {
        for (const name of found.names) this.#parts.answers.forget(name);
      },
      begin: () => this.#begin(key, (name) => (name === key.own ? own : common)),
    };
  }

  changed(target: string): Promise<void> {
    return this.#parts.answers.changed(target);
  }

  /** Several targets may have one name: the answer of this one, else of the one that had it last. */
  async #find(name: string, { target, isByText }: CacheKey, headers: HeaderList): Promise<Kept> {
    if (!isByText) return this.#findAt(name, target, headers);
    const [pointer, own] = await Promise.all([
      this.#stored(name, name),
      this.#findAt(at(name, target), target, headers),
    ]);
    const found = { ...own, nameState: pointer.state };
    if (own.entry !== null || pointer.stored?.kind !== 'elsewhere') return found;
    const other = await this.#findAt(at(name, pointer.stored.target), pointer.stored.target, headers);
    return { ...found, entry: other.entry, names: other.names };
  }

  /** A second question where answers are kept apart by fields that no key has. */
  async #findAt(name: string, target: string, headers: HeaderList): Promise<Kept> {
    const { stored, state } = await this.#stored(name, target);
    const found = (one: Stored | null, names: readonly string[]): Kept => {
      const entry = one?.kind === 'entry' && fits(one.entry, headers) ? one.entry : null;
      return { entry, state, nameState: null, names };
    };
    if (stored?.kind !== 'varies') return found(stored, [name]);
    const variant = variantOf(name, stored.by, (field) => joined(headers, field));
    return found((await this.#stored(variant, target)).stored, [name, variant]);
  }

  async #stored(name: string, target: string) {
    const { answers, clock } = this.#parts;
    const { bytes, state } = await answers.find(name, target);
    return { stored: bytes === null ? null : decodeStored(bytes, clock), state };
  }

  #begin(key: CacheKey, foundBy: (name: string) => Kept): KeepAnswer {
    const { clock } = this.#parts;
    const begun = clock.monotonic();
    return {
      keep: (name, entry) => {
        if (clock.monotonic() - begun <= LONGEST_READING_MS) this.#keep(name, key, foundBy(name), entry);
      },
      end: () => {},
    };
  }

  #keep(name: string, { target, isByText }: CacheKey, { state, nameState }: Kept, entry: Entry): void {
    if (state === null) return;
    if (!isByText) {
      this.#keepAt(name, target, state, entry);
    } else if (nameState !== null) {
      this.#put(name, name, nameState, encodeElsewhere(target));
      this.#keepAt(at(name, target), target, state, entry);
    }
  }

  #keepAt(name: string, target: string, state: string, entry: Entry): void {
    const bytes = encodeEntry(entry, this.#parts.clock);
    const values = new Map(entry.varied.filter(([field]) => !isInKey(field)));
    if (values.size === 0) {
      this.#put(name, target, state, bytes);
      return;
    }
    const by = [...values.keys()];
    const next = this.#put(name, target, state, encodeVaries(by));
    this.#put(
      variantOf(name, by, (field) => values.get(field) ?? ''),
      target,
      next,
      bytes,
    );
  }

  #put(key: string, target: string, state: string, bytes: Buffer): string {
    const { answers, ttl } = this.#parts;
    return answers.put({ key, target }, state, bytes, Math.min(ttl, LONGEST_KEPT_MS));
  }
}

function at(name: string, target: string): string {
  return `${name}\n@${target}`;
}

/** Values are hashed: they may be long. */
function variantOf(name: string, by: readonly string[], textOf: (field: string) => string): string {
  const values = by.map((field) => [field, textOf(field)]);
  return `${name}\n~${hash('sha256', JSON.stringify(values), 'base64url')}`;
}

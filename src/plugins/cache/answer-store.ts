import type { Awaitable } from '../../base/awaitable.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { Entry } from './entry.ts';
import type { CacheKey } from './key.ts';
import type { Reading, ResponseStore } from './store.ts';

/** Where a cache keeps answers: in this process, or for all gateways. */
export interface AnswerStore {
  /** A prefix for its keys: what was kept for another configuration is not found. */
  readonly area: string;
  /** @param shares answers that are kept for everybody count too */
  look(key: CacheKey, headers: HeaderList, shares: boolean): Awaitable<Look>;
  /** Something was changed there: nothing that was read before shows it (RFC 9111 4.4). */
  changed(target: string): Awaitable<void>;
}

/** What one request finds. */
export interface Look {
  readonly entry: Entry | null;
  forget(): void;
  /** The upstream is asked from now on. */
  begin(): KeepAnswer;
}

/** Takes an answer that the upstream gave since. */
export interface KeepAnswer {
  keep(key: string, entry: Entry): void;
  /** Nothing more is kept. */
  end(): void;
}

/** The answers that this process keeps. */
export class LocalAnswers implements AnswerStore {
  readonly area: string;
  readonly #store: ResponseStore;

  constructor(store: ResponseStore) {
    this.#store = store;
    this.area = store.newArea();
  }

  look(key: CacheKey, headers: HeaderList, shares: boolean): Look {
    const store = this.#store;
    const entry = (shares ? store.find(key.shared, headers) : null) ?? store.find(key.own, headers);
    return new LocalLook(store, key, entry);
  }

  changed(target: string): void {
    this.#store.changed(target);
  }
}

class LocalLook implements Look {
  readonly entry: Entry | null;
  readonly #store: ResponseStore;
  readonly #key: CacheKey;

  constructor(store: ResponseStore, key: CacheKey, entry: Entry | null) {
    this.#store = store;
    this.#key = key;
    this.entry = entry;
  }

  forget(): void {
    if (this.entry === null) return;
    this.#store.forget(this.#key.own, this.entry);
    this.#store.forget(this.#key.shared, this.entry);
  }

  begin(): KeepAnswer {
    const { target } = this.#key;
    return new LocalReading(this.#store, target, this.#store.begin(target));
  }
}

class LocalReading implements KeepAnswer {
  readonly #store: ResponseStore;
  readonly #target: string;
  readonly #reading: Reading;

  constructor(store: ResponseStore, target: string, reading: Reading) {
    this.#store = store;
    this.#target = target;
    this.#reading = reading;
  }

  keep(key: string, entry: Entry): void {
    if (!this.#reading.isOld) this.#store.put(key, this.#target, entry);
  }

  end(): void {
    this.#store.end(this.#reading);
  }
}

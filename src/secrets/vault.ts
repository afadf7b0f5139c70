import { messageOf } from '../base/errors.ts';
import type { SecretValue } from '../base/secret-value.ts';
import type { HandedSecret } from './handed-secrets.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealedSecret, SealedSecretStore } from './ports.ts';
import { open } from './seal.ts';

interface Entry {
  readonly value: SecretValue;
  readonly version: number;
}

export interface VaultView {
  open(name: string): SecretValue | null;
  /** Another number whenever the value is another one; 0 when there is none. What is built from a value keeps this. */
  version(name: string): number;
}

/**
 * The opened Secrets, for the request path: every look-up is one map access. Secrets come from the store and from
 * configuration files. One that cannot be opened is absent, so that requests that need it are refused.
 */
export class Vault {
  readonly #ring: KeyRing;
  readonly #store: SealedSecretStore;
  /** `null` for one that cannot be opened. */
  #stored: ReadonlyMap<string, SecretValue | null> = new Map();
  #files: ReadonlyMap<string, SecretValue> = new Map();
  #entries: ReadonlyMap<string, Entry> = new Map();
  #unopened: readonly string[] = [];
  #ambiguous: readonly string[] = [];
  #lastVersion = 0;
  #reloadsBegun = 0;
  #reloadShown = 0;

  constructor(ring: KeyRing, store: SealedSecretStore) {
    this.#ring = ring;
    this.#store = store;
  }

  /** The value of a Secret, `null` when there is none that can be used. Bound, so that it can be handed on alone. */
  readonly open = (name: string): SecretValue | null => this.#entries.get(name)?.value ?? null;

  /** The values as they are now; what changes later does not show in it. */
  view(): VaultView {
    const entries = this.#entries;
    return {
      open: (name) => entries.get(name)?.value ?? null,
      version: (name) => entries.get(name)?.version ?? 0,
    };
  }

  /** The same as plain data, for the processes that serve requests. Nothing else may see it. */
  handOver(): HandedSecret[] {
    return [...this.#entries].map(([name, { value, version }]) => ({ name, version, bytes: value.revealBytes() }));
  }

  /** One line for each Secret that is there but cannot be used. */
  problems(): string[] {
    return [...this.#unopened, ...this.#ambiguous];
  }

  /** Reads the store again and swaps all values at once. When the store fails, the values stay and this throws. */
  async reload(): Promise<void> {
    const turn = ++this.#reloadsBegun;
    const rows = await this.#store.list();
    // A read that began earlier must not undo one that began later and was quicker.
    if (turn < this.#reloadShown) return;
    this.#reloadShown = turn;
    this.#openAll(rows);
    this.#swap();
  }

  /** Replaces the Secrets that configuration files give. */
  setFromFiles(values: ReadonlyMap<string, SecretValue>): void {
    this.#files = new Map(values);
    this.#swap();
  }

  #openAll(rows: readonly SealedSecret[]): void {
    const stored = new Map<string, SecretValue | null>();
    const unopened: string[] = [];
    for (const row of rows) {
      stored.set(row.name, null);
      try {
        stored.set(row.name, open(this.#ring, row));
      } catch (error) {
        unopened.push(messageOf(error));
      }
    }
    this.#stored = stored;
    this.#unopened = unopened;
  }

  #swap(): void {
    const both = [...this.#files.keys()].filter((name) => this.#stored.has(name));
    const entries = new Map<string, Entry>();
    for (const [name, value] of [...this.#stored, ...this.#files]) {
      if (value !== null) entries.set(name, this.#entry(name, value));
    }
    for (const name of both) entries.delete(name);
    this.#ambiguous = both.map((name) => `"${name}" is in the store and in a configuration file: remove one of them`);
    this.#entries = entries;
  }

  #entry(name: string, value: SecretValue): Entry {
    const before = this.#entries.get(name);
    return before !== undefined && sameValue(before.value, value) ? before : { value, version: ++this.#lastVersion };
  }
}

function sameValue(a: SecretValue, b: SecretValue): boolean {
  return a.byteLength === b.byteLength && a.revealBytes().equals(b.revealBytes());
}

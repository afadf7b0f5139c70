import { generateKeySync } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { newUid } from '../base/ids.ts';
import { preparePrivateDirectory } from '../base/private-directory.ts';
import { changeKeyFile, createKeyFile, readKeyFile } from './key-file.ts';
import type { RingKey, RingKeys } from './key-format.ts';

/**
 * The keys that wrap the data keys of sealed Secrets, in `keys.json` of the data directory. One is current and seals;
 * the others still open. A rotation by another process is seen without a restart.
 */
export class KeyRing {
  readonly #file: string;
  #keys: RingKeys;

  private constructor(file: string, keys: RingKeys) {
    this.#file = file;
    this.#keys = keys;
  }

  /**
   * Reads the ring of a data directory, or makes one with one key.
   * @throws AppError `refused` when the directory or file is not private or the file is damaged.
   */
  static open(directory: string): KeyRing {
    preparePrivateDirectory(directory);
    const file = join(directory, 'keys.json');
    const keys = readKeyFile(file) ?? createKeys(file);
    return new KeyRing(file, keys);
  }

  /** The key to seal with. Read anew each time, because sealing is rare and must not use a key that was replaced. */
  current(): RingKey {
    this.reload();
    return this.#keys.current;
  }

  /** The key of that id, `null` when there is none even after reading the file again. */
  find(id: string): RingKey | null {
    const known = this.#keys.byId.get(id);
    if (known !== undefined) return known;
    this.reload();
    return this.#keys.byId.get(id) ?? null;
  }

  /** @throws AppError when the file has become unusable; the keys known so far stay in use then. */
  reload(): void {
    this.#keys = readExisting(this.#file);
  }

  /** Adds a key and makes it current; gives its id. What the older keys sealed still opens. */
  rotate(): string {
    this.#keys = changeKeyFile(this.#file, ({ byId }) => {
      const current = newKey();
      return { current, byId: new Map([...byId, [current.id, current]]) };
    });
    return this.#keys.current.id;
  }
}

function createKeys(file: string): RingKeys {
  const current = newKey();
  const keys = { current, byId: new Map([[current.id, current]]) };
  return createKeyFile(file, keys) ? keys : readExisting(file);
}

function readExisting(file: string): RingKeys {
  const keys = readKeyFile(file);
  if (keys === null) throw new AppError('unavailable', `${file} is gone: put it back from a backup`);
  return keys;
}

function newKey(): RingKey {
  return { id: newUid(), createdAt: new Date().toISOString(), key: generateKeySync('aes', { length: 256 }) };
}

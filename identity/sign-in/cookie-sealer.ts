import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** A key for `CookieSealer`. */
export function newSealingKey(): Uint8Array {
  return randomBytes(32);
}

/** Seals values that browsers keep for us, under a key that is in memory only. */
export class CookieSealer {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array = newSealingKey()) {
    this.#key = key;
  }

  /** @param name of the cookie; the value opens under no other */
  seal(name: string, value: object): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(name));
    const sealed = [nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** `null` when this sealer did not seal it under this name. What opens is of the type that was sealed. */
  open<T extends object>(name: string, text: string): T | null {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= NONCE + TAG) return null;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG));
    const plain = decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8');
    try {
      return JSON.parse(plain + decipher.final('utf8')) as T;
    } catch {
      // Not a failure of ours: anybody may send anything as a cookie.
      return null;
    }
  }
}

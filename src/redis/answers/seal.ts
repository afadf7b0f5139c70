import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { SecretValue } from '../../base/secret-value.ts';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** What only gateways with the same key can name, read and make, whoever else can write where it is kept. */
export class AnswerSeal {
  readonly #names: Buffer;
  readonly #seals: Buffer;

  constructor(key: SecretValue) {
    const derived = (use: string) => Buffer.from(hkdfSync('sha256', key.revealBytes(), '', use, 32));
    this.#names = derived('ostiary redis names');
    this.#seals = derived('ostiary redis answers');
  }

  /** Tells nothing of the text to whoever has no key. */
  nameOf(text: string): string {
    return createHmac('sha256', this.#names).update(text).digest('base64url');
  }

  /** @param place where it is kept, and in which state: it is good nowhere else */
  seal(place: string, bytes: Buffer): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.#keyOf(place), nonce);
    const sealed = [cipher.update(bytes), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
  }

  /** `null`: nobody with this key has sealed it, or not for this place. */
  open(place: string, sealed: Buffer): Buffer | null {
    if (sealed.byteLength < NONCE + TAG) return null;
    const decipher = createDecipheriv(CIPHER, this.#keyOf(place), sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
    } catch {
      return null;
    }
  }

  /** One for each place, so that no number of answers makes it likely that a nonce comes twice. */
  #keyOf(place: string): Buffer {
    return createHmac('sha256', this.#seals).update(place).digest();
  }
}

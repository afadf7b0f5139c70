import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** 96 random bits: NIST SP 800-38D §8.2.2 allows 2^32 messages a key, and a data key has one. */
const NONCE_BYTES = 12;
/** Given to Node explicitly, which otherwise accepts shortened tags. */
const TAG_BYTES = 16;

/** What an encrypted text belongs to. It is not stored with it, only authenticated by it. */
export type Context = readonly [purpose: string, ...rest: string[]];

/** Nonce, ciphertext and tag in one. */
export function encrypt(key: KeyObject | Uint8Array, plaintext: Uint8Array, context: Context): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(contextBytes(context));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** `null` when the key or the context is another one, or a bit has changed. */
export function decrypt(key: KeyObject | Uint8Array, box: Uint8Array, context: Context): Buffer | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const plaintext = decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES));
  try {
    decipher.final();
    return plaintext;
  } catch {
    // The only thing that `final` can say in this mode is that the tag does not fit.
    plaintext.fill(0);
    return null;
  }
}

/** JSON, so that no two contexts have the same bytes. */
function contextBytes(context: Context): Buffer {
  return Buffer.from(JSON.stringify(context));
}

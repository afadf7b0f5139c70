import { randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { SecretValue } from '../base/secret-value.ts';
import { type Context, decrypt, encrypt } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealedSecret } from './ports.ts';

const DATA_KEY_BYTES = 32;

/** What is sealed; a row of one purpose does not open as another. */
export type Purpose = 'secret' | 'configuration' | 'identity';

/** Seals a value under the ring's current key. */
export function seal(ring: KeyRing, name: string, value: SecretValue, purpose: Purpose = 'secret'): SealedSecret {
  const { id, key } = ring.current();
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const plaintext = value.revealBytes();
  try {
    const ciphertext = encrypt(dataKey, plaintext, valueContext(purpose, name));
    return { name, keyId: id, wrappedKey: encrypt(key, dataKey, keyContext(purpose, name, id)), ciphertext };
  } finally {
    dataKey.fill(0);
    plaintext.fill(0);
  }
}

/**
 * Opens a sealed value.
 * @throws AppError `unavailable` when the ring lacks its key, `refused` when it was changed or moved.
 */
export function open(ring: KeyRing, sealed: SealedSecret, purpose: Purpose = 'secret'): SecretValue {
  const dataKey = unwrap(ring, sealed, purpose);
  const plaintext = decrypt(dataKey, sealed.ciphertext, valueContext(purpose, sealed.name));
  dataKey.fill(0);
  if (plaintext === null) throw damaged(sealed);
  try {
    return new SecretValue(plaintext);
  } finally {
    plaintext.fill(0);
  }
}

/** The same sealed value with its data key wrapped by the current key. @throws AppError like `open`. */
export function rewrap(ring: KeyRing, sealed: SealedSecret, purpose: Purpose = 'secret'): SealedSecret {
  const dataKey = unwrap(ring, sealed, purpose);
  try {
    const { id, key } = ring.current();
    return { ...sealed, keyId: id, wrappedKey: encrypt(key, dataKey, keyContext(purpose, sealed.name, id)) };
  } finally {
    dataKey.fill(0);
  }
}

function unwrap(ring: KeyRing, sealed: SealedSecret, purpose: Purpose): Buffer {
  const { name, keyId, wrappedKey } = sealed;
  const found = ring.find(keyId);
  if (found === null) {
    throw new AppError('unavailable', `"${name}" is sealed with key ${keyId}, which the key ring does not have`);
  }
  const dataKey = decrypt(found.key, wrappedKey, keyContext(purpose, name, keyId));
  if (dataKey === null || dataKey.length !== DATA_KEY_BYTES) throw damaged(sealed);
  return dataKey;
}

/** Without the key id, so that a rotation changes the wrapped key only and a reader can see that the value is the same. */
function valueContext(purpose: Purpose, name: string): Context {
  return ['ostiary value 1', purpose, name];
}

function keyContext(purpose: Purpose, name: string, keyId: string): Context {
  return ['ostiary data key 1', purpose, name, keyId];
}

function damaged({ name }: SealedSecret): AppError {
  return new AppError('refused', `"${name}" cannot be opened: it was changed or moved in the store, or its key was`);
}

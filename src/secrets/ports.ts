import type { Awaitable } from '../base/awaitable.ts';

/**
 * A secret as stored: AES-256-GCM with a data key of its own, and that data key wrapped by a key of the key ring
 * (envelope encryption). The name of the Secret is additional authenticated data of both: a row moved to another
 * name does not open.
 */
export interface SealedSecret {
  readonly name: string;
  /** Which key of the ring wraps the data key. */
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface SealedSecretStore {
  get(name: string): Awaitable<SealedSecret | null>;
  list(): Awaitable<SealedSecret[]>;
  /** Replaces the sealed forms in one transaction (after a key rotation). */
  replaceAll(secrets: readonly SealedSecret[]): Awaitable<void>;
}

import type { Awaitable } from '../base/awaitable.ts';

/**
 * A secret as stored: AES-256-GCM with a data key of its own, and that data key wrapped by a key of the key ring
 * (envelope encryption). What it is for and its name are additional authenticated data of both: a row moved to
 * another name or table does not open.
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
  /**
   * Replaces key id and wrapped key of the sealed forms in one transaction (after a key rotation). A Secret whose
   * ciphertext is another one by now, or that is gone, is left alone: it was changed after `secrets` was read.
   */
  replaceAll(secrets: readonly SealedSecret[]): Awaitable<void>;
}

/** Seals texts that may hold secrets, such as configuration files, for a store that must not see them open. */
export interface TextSealer {
  seal(name: string, text: string): SealedSecret;
  /** @throws AppError when it cannot be opened. */
  open(sealed: SealedSecret): string;
}

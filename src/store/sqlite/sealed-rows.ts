import type { SealedSecret } from '../../secrets/ports.ts';

/** The columns of a sealed form, in both tables that have them. */
export interface SealedRow {
  readonly name: string;
  readonly key_id: string;
  readonly wrapped_key: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export function fromRow(row: SealedRow): SealedSecret {
  return { name: row.name, keyId: row.key_id, wrappedKey: row.wrapped_key, ciphertext: row.ciphertext };
}

import type { SecretValue } from '../base/secret-value.ts';
import type { KeyRing } from './key-ring.ts';
import { open, seal } from './seal.ts';

/** Seals what identity keeps about users and sessions into texts that a store may hold. */
export interface TextVault {
  seal(name: string, text: SecretValue): string;
  /** `null`: it was changed, was sealed for another name, or its key is gone. */
  open(name: string, sealed: string): SecretValue | null;
}

export function textVault(ring: KeyRing): TextVault {
  return {
    seal(name, text) {
      const { keyId, wrappedKey, ciphertext } = seal(ring, name, text, 'identity');
      return JSON.stringify([keyId, base64(wrappedKey), base64(ciphertext)]);
    },
    open(name, sealed) {
      const parts = partsOf(sealed);
      if (parts === null) return null;
      const [keyId, wrappedKey, ciphertext] = parts;
      try {
        return open(ring, { name, keyId, wrappedKey: bytes(wrappedKey), ciphertext: bytes(ciphertext) }, 'identity');
      } catch {
        return null;
      }
    },
  };
}

function partsOf(sealed: string): readonly [string, string, string] | null {
  try {
    const value: unknown = JSON.parse(sealed);
    return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string')
      ? (value as [string, string, string])
      : null;
  } catch {
    return null;
  }
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

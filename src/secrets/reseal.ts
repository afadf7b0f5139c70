import { messageOf } from '../base/errors.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealedSecret, SealedSecretStore } from './ports.ts';
import { rewrap } from './seal.ts';

export interface Resealed {
  /** How many Secrets changed to the current key. */
  readonly count: number;
  /** One line for each Secret that could not be opened and therefore stays as it is. */
  readonly problems: readonly string[];
}

/** Wraps the data keys of all stored Secrets under the current key, after a rotation. The values stay sealed. */
export async function reseal(ring: KeyRing, store: SealedSecretStore): Promise<Resealed> {
  const current = ring.current().id;
  const outdated = (await store.list()).filter((sealed) => sealed.keyId !== current);
  const rewrapped: SealedSecret[] = [];
  const problems: string[] = [];
  for (const sealed of outdated) {
    try {
      rewrapped.push(rewrap(ring, sealed));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  await store.replaceAll(rewrapped);
  return { count: rewrapped.length, problems };
}

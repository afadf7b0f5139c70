import type { RecordStore } from '../../identity/ports.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { SigningKeyData } from '../secrets/signing/signing-key.ts';
import { SigningKeys } from '../secrets/signing/signing-keys.ts';
import { type SealedRingStore, SigningRing } from '../secrets/signing/signing-ring.ts';
import type { State } from './state.ts';

/** The signing keys of the process that keeps them. */
export interface SigningSupply {
  readonly keys: SigningKeys;
  /** Gives when the new keys begin to sign, in milliseconds since 1970. @throws AppError */
  rotate(): Promise<number>;
}

export interface SigningParts {
  readonly state: Pick<State, 'store' | 'texts'>;
  /** Told of other keys; resolves once every process that signs has them. */
  readonly changed: (keys: readonly SigningKeyData[]) => Promise<void>;
  readonly warn: (message: string) => void;
  readonly clock?: Clock;
}

const LOOK_EVERY_MS = 3_600_000;

/** Opens the keys, or makes the first ones, and replaces them as they grow old. One process does so. @throws AppError */
export async function openSigningKeys(
  { state, changed, warn, clock = systemClock }: SigningParts,
  stack: AsyncDisposableStack,
): Promise<SigningSupply> {
  const { store, texts } = state;
  const ring = new SigningRing({ store: ringStore(store.identity.records), texts, clock, warn });
  const keys = new SigningKeys();
  const take = async (given: Promise<readonly SigningKeyData[]>) => {
    const present = await given;
    keys.replace(present);
    await changed(present);
    return present;
  };
  const failed = (thrown: unknown) => warn(`the signing keys were not looked after: ${messageOf(thrown)}`);
  await take(ring.keep());
  const timer = setInterval(() => void take(ring.keep()).catch(failed), LOOK_EVERY_MS).unref();
  stack.defer(() => clearInterval(timer));
  return {
    keys,
    rotate: async () => {
      const present = await take(ring.rotate());
      return Math.max(...present.map(({ signsFrom }) => signsFrom));
    },
  };
}

const SPACE = 'signing-keys';
const KEY = 'ring';

function ringStore(records: RecordStore): SealedRingStore {
  const recordOf = (json: string) => ({ space: SPACE, key: KEY, owner: '', expiresAt: Number.MAX_SAFE_INTEGER, json });
  return {
    get: async () => (await records.get(SPACE, KEY))?.json ?? null,
    add: (text) => records.add(recordOf(text)),
    replace: (text, former) => records.replace(recordOf(text), former),
  };
}

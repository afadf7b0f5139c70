import type { Awaitable } from '../../../src/base/awaitable.ts';
import type { SealedSecret } from '../../../src/secrets/ports.ts';
import type { SignInLimits } from '../../../src/store/sign-in-limits.ts';
import type { Store } from '../../../src/store/store.ts';

/** The suite's stores are opened with these, because filling the real ones takes long. */
export const LIMITS: SignInLimits = { handOvers: 50 };

/** A new, empty store, and what the suite needs to know about its storage. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Opens the same storage once more; the caller closes what it gets. */
  connect(): Awaitable<Store>;
  /** For child processes: a module that exports `connect(address): Awaitable<Store>`, and the address. */
  readonly child: { readonly module: string; readonly address: string };
  /** The storage's own check of its integrity; throws when something is wrong. */
  verify(): Awaitable<void>;
  /** Closes the store and removes its storage. */
  close(): Awaitable<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** Runs `work` on a new store and closes it, whatever happens. */
export async function withStore(open: OpenStore, work: (subject: StoreUnderTest) => Promise<void>): Promise<void> {
  const subject = await open();
  try {
    await work(subject);
  } finally {
    await subject.close();
  }
}

/** A sealed form with made-up content: no store looks inside. */
export function sealedAs(name: string, keyId = 'key-1', content = 1): SealedSecret {
  return { name, keyId, wrappedKey: new Uint8Array(60).fill(content), ciphertext: new Uint8Array(33).fill(content) };
}

/** With plain arrays, so that a `Buffer` equals a `Uint8Array`. */
export function comparable(sealed: SealedSecret | null): unknown {
  if (sealed === null) return null;
  return { ...sealed, wrappedKey: [...sealed.wrappedKey], ciphertext: [...sealed.ciphertext] };
}

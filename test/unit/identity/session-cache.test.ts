import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IdentityStore, StoredHandle } from '../../../identity/ports.ts';
import { SessionCache } from '../../../identity/sessions/cache.ts';
import { LastSeen } from '../../../identity/sessions/last-seen.ts';
import { SessionResolver } from '../../../identity/sessions/resolver.ts';
import { SessionManager } from '../../../identity/sessions/session-manager.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';
import { TestClock } from '../../support/test-clock.ts';
import { ALICE, APP, DEMO_SIGN_IN, DIRECTORY } from './fixture.ts';

/** A store that answers look-ups of handles when the test says so. */
class SlowStore extends MemoryIdentityStore {
  #release: () => void = () => {};
  readonly #gate = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  override readonly handles: IdentityStore['handles'] = {
    ...new MemoryIdentityStore().handles,
    put: (handle: StoredHandle) => void this.handleRows.set(handle.hash, handle),
    get: async (hash: string) => {
      const found = this.handleRows.get(hash) ?? null;
      await this.#gate;
      return found;
    },
  };

  release(): void {
    this.#release();
  }
}

test('a session that is revoked while it is being read is not kept', async () => {
  const store = new SlowStore();
  const clock = new TestClock();
  const cache = new SessionCache();
  const sessions = new SessionManager({ store, cache, clock });
  const origin = { address: '192.0.2.1', userAgent: null };
  const session = await sessions.createForSignIn({
    user: ALICE,
    by: DEMO_SIGN_IN,
    origin,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  const hash = hashHandle(await sessions.addBrowserHandle(session, APP));
  const reading = new SessionResolver({
    store,
    cache,
    clock,
    lastSeen: new LastSeen({ store: store.sessions, failed: (thrown) => assert.fail(String(thrown)) }),
  }).resolve(hash, DIRECTORY);
  cache.dropSession(session.metadata.uid);
  store.release();
  assert.equal((await reading).kind, 'resolved');
  assert.equal(cache.get(hash), undefined);
});

test('the cache forgets what was used longest ago', async () => {
  const store = new MemoryIdentityStore();
  const clock = new TestClock();
  const cache = new SessionCache(2);
  const sessions = new SessionManager({ store, cache, clock });
  const resolver = new SessionResolver({
    store,
    cache,
    clock,
    lastSeen: new LastSeen({ store: store.sessions, failed: (thrown) => assert.fail(String(thrown)) }),
  });
  const origin = { address: '192.0.2.1', userAgent: null };
  const session = await sessions.createForSignIn({
    user: ALICE,
    by: DEMO_SIGN_IN,
    origin,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  const hashes: string[] = [];
  for (let i = 0; i < 3; i++) hashes.push(hashHandle(await sessions.addBrowserHandle(session, APP)));
  for (const hash of hashes) await resolver.resolve(hash, DIRECTORY);
  assert.deepEqual(
    hashes.map((hash) => cache.get(hash) !== undefined),
    [false, true, true],
  );
});

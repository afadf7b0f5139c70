import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredClaims } from '../../../identity/oauth2/proof/gathered-claims.ts';
import type { StoredRecord } from '../../../identity/ports.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';

const proof = (key: string): StoredRecord => ({
  space: 'dpop',
  key,
  owner: '',
  expiresAt: 2_000_000_000_000,
  json: '{}',
});

class CountingRecords {
  readonly commits: string[][] = [];
  readonly #records = new MemoryIdentityStore(() => 0).records;
  /** Fails the next commit. */
  obstacle: Error | null = null;

  async addAll(records: readonly StoredRecord[]): Promise<readonly boolean[]> {
    this.commits.push(records.map(({ key }) => key));
    const obstacle = this.obstacle;
    this.obstacle = null;
    if (obstacle !== null) throw obstacle;
    return this.#records.addAll(records);
  }
}

test('claims of one turn share a commit, and one that is shown twice in it is good once', async () => {
  const records = new CountingRecords();
  const claims = new GatheredClaims(records);
  const given = await Promise.all(['a', 'b', 'a'].map((key) => claims.add(proof(key))));
  assert.deepEqual(given, [true, true, false]);
  assert.deepEqual(records.commits, [['a', 'b', 'a']]);
  assert.equal(await claims.add(proof('b')), false);
  assert.deepEqual(records.commits[1], ['b']);
});

test('a commit that fails fails for all that were in it, and for no others', async () => {
  const records = new CountingRecords();
  const claims = new GatheredClaims(records);
  records.obstacle = new Error('the disk is full');
  const failed = await Promise.allSettled(['a', 'b'].map((key) => claims.add(proof(key))));
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await claims.add(proof('a')), true);
});

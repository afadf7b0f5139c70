import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessRequests } from '../../../identity/access/access-requests.ts';
import { AccessGrants } from '../../../identity/access/grants.ts';
import { type AccessRequest, SPACE } from '../../../identity/access/request.ts';
import type { AccessRules } from '../../../src/model/index.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';
import { TestClock } from '../../support/test-clock.ts';
import { ALICE, BOB, user } from './fixture.ts';

const HOUR = 3_600_000;
const RULES: AccessRules = { groups: [], users: ['bob'], maxDuration: 8 * HOUR, defaultDuration: HOUR };
const BY_BOB = { by: 'bob', rules: RULES, user: ALICE };

function setUp() {
  const clock = new TestClock();
  const { records } = new MemoryIdentityStore(() => clock.now());
  const changes: string[] = [];
  const lost: string[] = [];
  const failures: unknown[] = [];
  const access = new AccessRequests({ records, clock, changed: ({ state }) => changes.push(state) });
  const failed = (thrown: unknown) => failures.push(thrown);
  const grants = new AccessGrants({ records, clock, lost: (name) => lost.push(name), failed });
  grants.close();
  const ask = (changes: object = {}): Promise<AccessRequest> =>
    access.ask({ user: ALICE, service: 'wiki', reason: 'on call', duration: 2 * HOUR, ...changes }, RULES);
  return { clock, records, changes, lost, failures, access, grants, ask };
}

const code = (wanted: string) => (thrown: unknown) => (thrown as { code?: string }).code === wanted;

test('what is granted covers one user and one Service until its end, and then no more', async () => {
  const { clock, access, grants, lost, ask, changes } = setUp();
  const { id } = await ask();
  await grants.refresh();
  assert.equal(grants.covers(ALICE, 'wiki'), false, 'asking is not having');
  await access.approve(id, HOUR, BY_BOB);
  await grants.refresh();
  assert.equal(grants.covers(ALICE, 'wiki'), true);
  assert.equal(grants.covers(BOB, 'wiki'), false);
  assert.equal(grants.covers(ALICE, 'admin'), false);
  clock.advance(HOUR);
  assert.equal(grants.covers(ALICE, 'wiki'), false, 'without any further look');
  await grants.refresh();
  assert.deepEqual(lost, ['alice']);
  assert.equal((await access.find(id)).state, 'expired', 'before it is noted');
  await access.sweep();
  assert.equal((await access.find(id)).state, 'expired');
  assert.deepEqual(changes, ['open', 'granted', 'expired']);
});

test('a revoked grant is over at once, and another state than an expired one', async () => {
  const { access, grants, lost, ask } = setUp();
  const { id } = await ask();
  await access.approve(id, null, BY_BOB);
  await grants.refresh();
  await access.revoke(id, 'bob');
  await grants.refresh();
  assert.equal(grants.covers(ALICE, 'wiki'), false);
  assert.deepEqual(lost, ['alice']);
  assert.equal((await access.find(id)).state, 'revoked');
  await assert.rejects(access.approve(id, null, BY_BOB), code('conflict'), 'it comes back to life');
});

test('nobody decides about himself', async () => {
  const { access, ask } = setUp();
  const { id } = await ask();
  await assert.rejects(access.approve(id, null, { ...BY_BOB, by: 'alice' }), code('refused'));
  await assert.rejects(access.refuse(id, 'alice'), code('refused'));
  assert.equal((await access.find(id)).state, 'open');
});

test('no more is granted than was asked for, or than the Service allows today', async () => {
  const { access, ask } = setUp();
  await assert.rejects(ask({ duration: 9 * HOUR }), code('invalid'));
  await assert.rejects(ask({ duration: Number.NaN }), code('invalid'));
  await assert.rejects(ask({ duration: 0 }), code('invalid'));
  const { id } = await ask();
  await assert.rejects(access.approve(id, 3 * HOUR, BY_BOB), code('invalid'));
  await assert.rejects(access.approve(id, Number.NaN, BY_BOB), code('invalid'));
  const tighter = { ...BY_BOB, rules: { ...RULES, maxDuration: HOUR } };
  await assert.rejects(access.approve(id, 2 * HOUR, tighter), code('invalid'));
  await assert.rejects(access.approve(id, null, { ...BY_BOB, rules: null }), code('refused'));
  const { until, decidedAt } = await access.approve(id, null, tighter);
  assert.equal(until! - decidedAt!, HOUR);
});

test('of two who decide at once one does, and a request is decided once', async () => {
  const { access, ask } = setUp();
  const { id } = await ask();
  const both = await Promise.allSettled([access.approve(id, null, BY_BOB), access.refuse(id, 'bob')]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(access.approve(id, null, BY_BOB), code('conflict'));
});

test('a grant is for the user that it was made for, not for a later one of that name', async () => {
  const { access, grants, ask } = setUp();
  const first = { ...user('carol'), metadata: { name: 'carol', uid: 'one' } };
  const second = { ...user('carol'), metadata: { name: 'carol', uid: 'two' } };
  const { id } = await ask({ user: first });
  await assert.rejects(access.approve(id, null, { ...BY_BOB, user: second }), code('refused'));
  await assert.rejects(access.approve(id, null, { ...BY_BOB, user: null }), code('refused'));
  await access.approve(id, null, { ...BY_BOB, user: first });
  await grants.refresh();
  assert.equal(grants.covers(first, 'wiki'), true);
  assert.equal(grants.covers(second, 'wiki'), false);
});

test('one person has one request at a Service, and not too many in all', async () => {
  const { ask, access } = setUp();
  const first = await ask();
  await assert.rejects(ask(), code('conflict'));
  await access.refuse(first.id, 'bob');
  const second = await ask();
  await assert.rejects(access.approve(first.id, null, BY_BOB), code('not-found'), 'a request that was replaced');
  assert.notEqual(second.id, first.id);
  for (let i = 1; i < 20; i++) await ask({ service: `other-${i}` });
  await assert.rejects(ask({ service: 'one-more' }), code('refused'));
  await assert.rejects(ask({ service: 'long', reason: 'x'.repeat(1001) }), code('invalid'));
  await assert.rejects(ask({ service: 'empty', reason: ' \n' }), code('invalid'));
});

test('grants that cannot be read count for a moment more, and then not at all', async () => {
  const { clock, records, access, ask, lost, failures } = setUp();
  let works = true;
  const flaky = {
    ofOwner: (space: string, owner: string) => {
      if (!works) throw new Error('disk');
      return records.ofOwner(space, owner);
    },
  };
  const grants = new AccessGrants({
    records: flaky,
    clock,
    lost: (name) => lost.push(name),
    failed: (thrown) => failures.push(thrown),
  });
  grants.close();
  await access.approve((await ask()).id, null, BY_BOB);
  await grants.refresh();
  works = false;
  await grants.refresh();
  assert.equal(grants.covers(ALICE, 'wiki'), true);
  clock.advance(5000);
  assert.equal(grants.covers(ALICE, 'wiki'), false);
  await grants.refresh();
  assert.deepEqual(lost, ['alice']);
  assert.equal(failures.length, 1, 'told once');
});

test('a record that was granted without an end counts for nothing', async () => {
  const { records, grants, ask } = setUp();
  const request = { ...(await ask()), state: 'granted', until: null };
  const json = JSON.stringify(request);
  await records.put({ space: SPACE, key: 'alice/wiki', owner: 'granted', expiresAt: Number.MAX_SAFE_INTEGER, json });
  await grants.refresh();
  assert.equal(grants.covers(ALICE, 'wiki'), false);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Session } from '../../../src/model/index.ts';
import { accessToken, browserHandle, handOver, LATER, session } from './fixtures.ts';
import { type OpenStore, withStore } from './harness.ts';

export function sessionConformance(open: OpenStore): void {
  it('gives a session back by uid and by name', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      assert.deepEqual((await identity.sessions.get('u1'))?.session, session('u1'));
      assert.equal(await identity.sessions.get('alice-u1'), null);
      assert.deepEqual(await identity.sessions.find('alice-u1'), session('u1'));
      assert.deepEqual(await identity.sessions.find('u1'), session('u1'));
      assert.equal(await identity.sessions.find('u2'), null);
    }));

  it('lists all sessions or those of one user, the newest first', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('new', { createdAt: 3000 }));
      await identity.sessions.insert(session('old', { createdAt: 1000 }));
      await identity.sessions.insert(session('bob', { createdAt: 2000, user: 'bob' }));
      const uids = async (user?: string) => (await identity.sessions.list(user)).map(({ metadata }) => metadata.uid);
      assert.deepEqual(await uids(), ['new', 'bob', 'old']);
      assert.deepEqual(await uids('alice'), ['new', 'old']);
      assert.deepEqual(await uids('nobody'), []);
    }));

  it('keeps the handles of a session that is replaced', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.handles.put(browserHandle('h1', 'u1'));
      const extended = session('u1', { expiresAt: LATER + 1000 });
      assert.equal(await identity.sessions.update(extended), true);
      assert.deepEqual((await identity.sessions.get('u1'))?.session, extended);
      assert.deepEqual(await identity.handles.get('h1'), browserHandle('h1', 'u1'));
    }));

  it('takes every handle of a session that goes on, and none of another', () =>
    withStore(open, async ({ store: { identity } }) => {
      for (const uid of ['raised', 'other']) {
        await identity.sessions.insert(session(uid));
        await identity.handles.put(browserHandle(`${uid}-1`, uid));
        await identity.handles.put(browserHandle(`${uid}-2`, uid));
      }
      await identity.handles.deleteOfSession('raised');
      const left = ['raised-1', 'raised-2', 'other-1', 'other-2'].map(async (hash) => identity.handles.get(hash));
      assert.deepEqual(
        (await Promise.all(left)).map((handle) => handle?.hash ?? null),
        [null, null, 'other-1', 'other-2'],
      );
      assert.notEqual(await identity.sessions.get('raised'), null);
    }));

  it('deletes a session with its handles and hand-overs, and nothing of another session', () =>
    withStore(open, async ({ store: { identity } }) => {
      for (const uid of ['gone', 'stays']) {
        await identity.sessions.insert(session(uid));
        await identity.handles.put(browserHandle(`${uid}-handle`, uid));
        await identity.signIns.putHandOver(handOver(`${uid}-code`, uid));
      }
      await identity.sessions.delete('gone');
      assert.equal(await identity.sessions.get('gone'), null);
      assert.equal(await identity.handles.get('gone-handle'), null);
      assert.equal(await identity.signIns.takeHandOver('gone-code'), null);
      assert.notEqual(await identity.handles.get('stays-handle'), null);
      assert.notEqual(await identity.signIns.takeHandOver('stays-code'), null);
    }));

  it('accepts no handle and no hand-over of a session that is gone', () =>
    withStore(open, async ({ store: { identity } }) => {
      await assert.rejects(async () => identity.handles.put(browserHandle('h', 'gone')), { code: 'not-found' });
      await assert.rejects(async () => identity.signIns.putHandOver(handOver('c', 'gone')), { code: 'not-found' });
      assert.equal(await identity.handles.get('h'), null);
    }));

  it('removes what expired up to the given moment, and counts the sessions', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('past', { expiresAt: 1000 }));
      await identity.sessions.insert(session('now', { expiresAt: 2000 }));
      await identity.sessions.insert(session('future', { expiresAt: 2001 }));
      await identity.handles.put(browserHandle('of-past', 'past'));
      await identity.handles.put(browserHandle('expired', 'future', 2000));
      await identity.handles.put(browserHandle('valid', 'future', 2001));
      assert.equal(await identity.sessions.deleteExpired(2000), 2);
      assert.deepEqual(
        (await identity.sessions.list()).map(({ metadata }) => metadata.uid),
        ['future'],
      );
      assert.equal(await identity.handles.get('of-past'), null);
      assert.equal(await identity.handles.get('expired'), null);
      assert.notEqual(await identity.handles.get('valid'), null);
    }));

  it('deletes handles one by one and by Credential', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.handles.put(browserHandle('browser', 'u1'));
      await identity.handles.put(accessToken('ci-1', 'u1', 'ci'));
      await identity.handles.put(accessToken('ci-2', 'u1', 'ci'));
      await identity.handles.put(accessToken('other', 'u1', 'other'));
      await identity.handles.deleteOfCredential('ci');
      assert.equal(await identity.handles.get('ci-1'), null);
      assert.equal(await identity.handles.get('ci-2'), null);
      assert.deepEqual(await identity.handles.get('other'), accessToken('other', 'u1', 'other'));
      await identity.handles.delete('browser');
      assert.equal(await identity.handles.get('browser'), null);
    }));

  it('refuses a second session of the same name', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      const namesake = session('u2');
      namesake.metadata.name = 'alice-u1';
      await assert.rejects(async () => identity.sessions.insert(namesake), { code: 'conflict' });
    }));

  it('brings nothing back: what is updated must be there', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.sessions.delete('u1');
      assert.equal(await identity.sessions.update(session('u1')), false);
      assert.equal(await identity.sessions.get('u1'), null);
    }));

  it('changes a session as it is now, and none that has ended', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.sessions.update(session('u1', { expiresAt: LATER + 1000 }));
      const reject = (one: Session): Session => ({ ...one, spec: { ...one.spec, state: 'REJECTED' } });
      const rejected = reject(session('u1', { expiresAt: LATER + 1000 }));
      assert.deepEqual(await identity.sessions.change('u1', reject), rejected);
      assert.deepEqual((await identity.sessions.get('u1'))?.session, rejected);
      await identity.sessions.delete('u1');
      assert.equal(await identity.sessions.change('u1', reject), null);
      assert.equal(await identity.sessions.get('u1'), null);
    }));

  it('notes when sessions were used, and never an earlier time', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1', { createdAt: 1000 }));
      assert.equal((await identity.sessions.get('u1'))?.seenAt, 1000);
      await identity.sessions.seen(
        new Map([
          ['u1', 3000],
          ['gone', 3000],
        ]),
      );
      await identity.sessions.seen(new Map([['u1', 2000]]));
      assert.equal((await identity.sessions.get('u1'))?.seenAt, 3000);
    }));

  it('ends the oldest sessions of a user who has too many', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('bob', { createdAt: 1, user: 'bob' }));
      for (let n = 1; n <= 3; n++) await identity.sessions.insert(session(`u${n}`, { createdAt: n }));
      const ended = await identity.sessions.insert(session('u4', { createdAt: 4 }), 2);
      assert.deepEqual(new Set(ended), new Set(['u1', 'u2']));
      const left = (await identity.sessions.list('alice')).map(({ metadata }) => metadata.uid);
      assert.deepEqual(left, ['u4', 'u3']);
      assert.notEqual(await identity.sessions.get('bob'), null);
    }));
}

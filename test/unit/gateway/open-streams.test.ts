import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IdentifiedPrincipal } from '../../../identity/principal.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Body } from '../../../src/gateway/body.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { isOpenEnded, OpenStreams } from '../../../src/gateway/open-streams.ts';
import { type Refusal, refuse } from '../../../src/gateway/outcome.ts';
import { run } from './in-memory.ts';

const ENDLESS: Body = { length: null, pipe: () => {}, resume: () => {}, destroy: () => {} };

async function streamOf(session: string | null): Promise<Exchange> {
  const { x } = await run();
  const principal = session === null ? null : { session: { metadata: { uid: session } } };
  x.principal = principal as IdentifiedPrincipal | null;
  return x;
}

test('streams are found by their session, and gone when they are deleted', async () => {
  const streams = new OpenStreams();
  const [one, other, nobodys] = [await streamOf('s1'), await streamOf('s2'), await streamOf(null)];
  for (const x of [one, other, nobodys]) streams.add(x);
  assert.deepEqual(streams.ofSession('s1'), [one]);
  assert.equal(streams.all().length, 3);
  for (const x of [one, nobodys]) streams.delete(x);
  assert.deepEqual([streams.ofSession('s1'), streams.all()], [[], [other]]);
});

test('an end is told once to a stream that is open, and never to one that is over', async () => {
  const streams = new OpenStreams();
  const x = await streamOf('s1');
  const told: Refusal[] = [];
  x.terminate = (refusal) => {
    told.push(refusal);
    streams.delete(x);
  };
  streams.add(x);
  streams.end(x, refuse('session-unknown'));
  streams.end(x, refuse('policy-denied'));
  assert.deepEqual([told.map(({ reason }) => reason), x.refusal?.reason], [['session-unknown'], 'session-unknown']);
});

test('a call that is not answered yet is given up, and told once more of when it is answered', async () => {
  const opened: Exchange[] = [];
  const streams = new OpenStreams((x) => opened.push(x));
  const x = await streamOf('s1');
  const told: (Refusal | undefined)[] = [];
  x.cancelUpstream = (refusal) => told.push(refusal);
  streams.addAsked(x);
  streams.end(x, refuse('session-unknown'));
  assert.deepEqual(told, [refuse('session-unknown')]);
  streams.add(x);
  assert.deepEqual([opened.length, streams.ofSession('s1').length], [2, 1]);
  streams.delete(x);
  assert.deepEqual(streams.all(), []);
});

test('open ended is whatever does not say how long it is', () => {
  const headers = new HeaderList();
  assert.ok(isOpenEnded({ status: 101, headers, body: ENDLESS }));
  assert.ok(isOpenEnded({ status: 200, headers, body: ENDLESS }));
  assert.equal(isOpenEnded({ status: 200, headers, body: { ...ENDLESS, length: 5 } }), false);
  assert.equal(isOpenEnded({ status: 200, headers, body: null }), false);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { NOT_ROSTERED } from '../../../src/base/roster.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { OpenStreams } from '../../../src/gateway/open-streams.ts';
import { type Refusal, refuse } from '../../../src/gateway/outcome.ts';
import { StreamWatch, type StreamWatchParts } from '../../../src/main/stream-watch.ts';
import { until } from '../../support/until.ts';

interface World {
  readonly streams: OpenStreams;
  readonly ended: string[];
}

const never = { endOf: () => Number.POSITIVE_INFINITY, clock: systemClock };

function world(sessions: readonly string[]): World {
  const [streams, ended] = [new OpenStreams(), [] as string[]];
  for (const uid of sessions) streams.add(streamOf(uid, streams, ended));
  return { streams, ended };
}

function streamOf(uid: string, streams: OpenStreams, ended: string[]): Exchange {
  const x = {
    principal: { session: { metadata: { uid } } },
    timings: { accepted: systemClock.monotonic() },
    isOpenStream: false,
    rosterSlot: NOT_ROSTERED,
    refusal: null,
  } as unknown as Exchange;
  x.terminate = () => {
    ended.push(uid);
    streams.delete(x);
  };
  return x;
}

const uidOf = (x: Exchange) => x.principal!.session!.metadata.uid;
const refuseIf = (is: boolean): Refusal | null => (is ? refuse('session-unknown') : null);

test('a session that changed has its own streams judged, and no others', async () => {
  const { streams, ended } = world(['a', 'b']);
  const judged: string[] = [];
  const judge = async (x: Exchange) => {
    judged.push(uidOf(x));
    return refuse('session-unknown');
  };
  const watch = new StreamWatch({ ...never, streams, judge });
  watch.sessionChanged('a');
  await until(
    () => 'the end of the stream',
    () => ended.length > 0,
  );
  watch.close();
  assert.deepEqual([judged, ended], [['a'], ['a']]);
});

test('a look ends those that would be refused and leaves the others', async () => {
  const { streams, ended } = world(['a', 'b', 'c']);
  const watch = new StreamWatch({ ...never, streams, judge: async (x) => refuseIf(uidOf(x) !== 'b') });
  await watch.lookAtAll();
  watch.close();
  assert.deepEqual(ended, ['a', 'c']);
  assert.equal(streams.all().length, 1);
});

test('a change during a look has another look follow', async () => {
  const { streams, ended } = world(['a']);
  let changed = false;
  const watch: StreamWatch = new StreamWatch({
    ...never,
    streams,
    judge: async () => {
      const verdict = refuseIf(changed);
      if (!changed) void watch.lookAtAll();
      changed = true;
      return verdict;
    },
  });
  await watch.lookAtAll();
  watch.close();
  assert.deepEqual(ended, ['a']);
});

test('time alone ends streams within the interval', async () => {
  const { streams, ended } = world(['a']);
  const watch = new StreamWatch({ ...never, streams, judge: async () => refuse('session-expired'), interval: 5 });
  await until(
    () => 'the end of the stream',
    () => ended.length > 0,
  );
  watch.close();
  assert.deepEqual(ended, ['a']);
});

/** A watch whose looks are too far apart to matter. */
function opening(parts: Partial<StreamWatchParts>) {
  const ended: string[] = [];
  const streams: OpenStreams = new OpenStreams((x) => watch.opened(x));
  const watch = new StreamWatch({ ...never, streams, judge: async () => null, interval: 3_600_000, ...parts });
  after(() => watch.close());
  return { streams, watch, ended };
}

test('a stream ends with its session, between two looks', async () => {
  const at = Date.now() + 30;
  const judge = async () => refuseIf(Date.now() >= at);
  const { streams, ended } = opening({ judge, endOf: () => at });
  for (let i = 0; i < 2; i++) streams.add(streamOf('a', streams, ended));
  await until('both ends', () => ended.length === 2);
  assert.ok(Date.now() >= at);
});

test('a stream that opens when its session is over ends at once', async () => {
  const at = Date.now() - 1;
  const { streams, ended } = opening({ judge: async () => refuseIf(Date.now() >= at), endOf: () => at });
  streams.add(streamOf('a', streams, ended));
  await until('the end', () => ended.length === 1);
});

test('a session that was used meanwhile is waited for anew, and an earlier end counts', async () => {
  let at = Date.now() + 3_000_000;
  const begun = Date.now();
  const { streams, ended, watch } = opening({ judge: async () => refuseIf(Date.now() >= at), endOf: () => at });
  streams.add(streamOf('a', streams, ended));
  at = begun + 20;
  await watch.lookAtAll();
  at = begun + 60;
  await until('the end', () => ended.length === 1);
  assert.ok(Date.now() >= at);
});

test('what changes between the decision and the answer ends the stream that is opened then', async () => {
  const judged: string[] = [];
  const judge = async (x: Exchange) => {
    judged.push(uidOf(x));
    return refuse('session-unknown');
  };
  const { streams, ended, watch } = opening({ judge });
  const early = streamOf('a', streams, ended);
  watch.sessionChanged('a');
  await sleep(2);
  const late = streamOf('b', streams, ended);
  for (const x of [early, late]) streams.add(x);
  await until('the end', () => ended.length > 0);
  assert.deepEqual([judged, ended], [['a'], ['a']]);
});

test('once all are ended, none is opened any more', async () => {
  const { streams, ended, watch } = opening({});
  streams.add(streamOf('a', streams, ended));
  await watch.endAll(refuse('shutting-down'));
  streams.add(streamOf('b', streams, ended));
  await until('both ends', () => ended.length === 2);
});

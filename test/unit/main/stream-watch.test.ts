import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_ROSTERED } from '../../../src/base/roster.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { OpenStreams } from '../../../src/gateway/open-streams.ts';
import { type Refusal, refuse } from '../../../src/gateway/outcome.ts';
import { StreamWatch } from '../../../src/main/stream-watch.ts';
import { until } from '../../support/until.ts';

interface World {
  readonly streams: OpenStreams;
  readonly ended: string[];
}

function world(sessions: readonly string[]): World {
  const [streams, ended] = [new OpenStreams(), [] as string[]];
  for (const uid of sessions) {
    const x = {
      principal: { session: { metadata: { uid } } },
      isOpenStream: false,
      rosterSlot: NOT_ROSTERED,
      refusal: null,
    } as unknown as Exchange;
    x.terminate = () => {
      ended.push(uid);
      streams.delete(x);
    };
    streams.add(x);
  }
  return { streams, ended };
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
  const watch = new StreamWatch({ streams, judge });
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
  const watch = new StreamWatch({ streams, judge: async (x) => refuseIf(uidOf(x) !== 'b') });
  await watch.lookAtAll();
  watch.close();
  assert.deepEqual(ended, ['a', 'c']);
  assert.equal(streams.all().length, 1);
});

test('a change during a look has another look follow', async () => {
  const { streams, ended } = world(['a']);
  let changed = false;
  const watch: StreamWatch = new StreamWatch({
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
  const watch = new StreamWatch({ streams, judge: async () => refuse('session-expired'), interval: 5 });
  await until(
    () => 'the end of the stream',
    () => ended.length > 0,
  );
  watch.close();
  assert.deepEqual(ended, ['a']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameClient, type StreamEnd, settingsFrame } from '../../../support/http2-frames.ts';
import type { RawUpstream } from '../../../support/raw-upstream.ts';
import { judgeReadings, judgeRequest, judgeViews } from '../judge.ts';
import { startWorld, type Transport } from '../world.ts';
import { BODIES } from './bodies.ts';
import type { FrameCase, Outcome } from './case.ts';
import { FRAMES } from './frames.ts';
import { GOOD_HEADS, HEADS } from './heads.ts';
import { WEB_SOCKETS } from './web-sockets.ts';

const CASES: readonly FrameCase[] = [...HEADS, ...GOOD_HEADS, ...BODIES, ...WEB_SOCKETS, ...FRAMES];

/** One test for each case, one connection for each test, one gateway for all of them. */
export async function runFrames(transport: Transport): Promise<void> {
  const { upstream, connect } = await startWorld(transport);
  const scheme = transport === 'TLS' ? 'https' : 'http';
  for (const { name, bytes, outcome } of CASES) {
    test(`HTTP/2, ${transport}, ${name.slice(0, 120)}`, async () => {
      upstream.seen.length = 0;
      upstream.foul.length = 0;
      using client = new FrameClient(await connect('h2'), settingsFrame([]));
      client.send(bytes(scheme));
      const end = await client.end(1);
      judge(outcome, end, upstream);
    });
  }
}

function judge(outcome: Outcome, end: StreamEnd, { seen, foul }: RawUpstream): void {
  assert.deepEqual(foul, [], 'no strict reader understands what the upstream was sent');
  for (const request of seen) judgeRequest(request);
  switch (outcome.kind) {
    case 'unprotected':
      judgeReadings(seen);
      return;
    case 'served':
      assert.deepEqual(end, { kind: 'answer', status: 200 });
      judgeViews([outcome.view], seen);
      return;
    case 'refused-or-served':
      judgeViews(isRefusal(end) ? [] : [outcome.view], seen);
      return;
    case 'closed':
      assert.equal(end.kind, 'closed');
      break;
    case 'refused':
      assert.ok(isRefusal(end), JSON.stringify(end));
      break;
    case 'answered':
      assert.ok(end.kind === 'answer' && outcome.statuses.includes(end.status), JSON.stringify(end));
  }
  judgeViews([], seen);
}

function isRefusal(end: StreamEnd): boolean {
  return end.kind !== 'answer' || end.status >= 400;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferedBody } from '../../src/gateway/body.ts';
import type { Response } from '../../src/gateway/outcome.ts';
import { startEngine } from '../support/http2-engine.ts';
import { connectFrames, dataFrame, END_HEADERS, END_STREAM, headersFrame, request } from '../support/http2-frames.ts';
import { answerOf } from '../support/manual-body.ts';
import { until } from '../support/until.ts';
import { Asking, http2Upstream, transportTo } from '../unit/upstream/http2/support.ts';

/**
 * A stream whose two ends have both said all they had is not over for the library before it was read to its end. What
 * nobody wants to read must be thrown away, or it stays for as long as its connection, which then never ends.
 */

const PIECE = 'x'.repeat(100);

test('an upload that came whole and was read in part does not outlive its answer', async () => {
  await using engine = await startEngine({
    answer: (x) =>
      new Promise<Response>((resolve) => {
        x.body!.pipe({
          write: () => {
            // Its reader holds back, and answers without the rest, as upstreams do that refuse.
            resolve(answerOf(new BufferedBody('no')));
            return false;
          },
          end: () => {},
          fail: () => {},
        });
      }),
  });
  using client = await connectFrames(engine.port);
  for (let stream = 1; stream < 400; stream += 2) {
    client.send(
      headersFrame(stream, request([], { ':method': 'POST' }), END_HEADERS),
      dataFrame(stream, PIECE),
      dataFrame(stream, PIECE, END_STREAM),
    );
    // Streams that were not over would count, and the hundred and first be refused.
    assert.deepEqual(await client.end(stream), { kind: 'answer', status: 200 });
  }
  await until('all of them to be settled', () => engine.settled.length === 200);
  assert.equal(engine.settled.filter(({ whole }) => whole).length, 200);
});

test('an answer that came whole and was read in part does not keep its connection', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    stream.end(PIECE.repeat(1000));
  });
  const transport = transportTo(upstream.port);
  for (let i = 0; i < 3; i++) {
    const asking = new Asking({});
    transport.send(asking);
    await asking.settled.promise;
    const { body } = asking.response!;
    const began = Promise.withResolvers<void>();
    body!.pipe({
      write: () => {
        began.resolve();
        return false;
      },
      end: () => {},
      fail: () => {},
    });
    await began.promise;
    // The rest of it arrives, up to its end.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    body!.destroy();
    assert.equal(await asking.ended.promise, false);
  }
  void transport.close();
  await until('the connection to close', () => transport.connections === 0);
});

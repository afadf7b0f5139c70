import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { BodySink } from '../../../src/gateway/body.ts';
import { plugin } from '../../../src/plugins/compress/compress.ts';
import { CompressedBody } from '../../../src/plugins/compress/compressed-body.ts';
import { answerOf, Collector, ManualBody } from '../../support/manual-body.ts';
import { until } from '../../support/until.ts';
import { authorized, deps } from './support.ts';

/** Takes nothing more after the first chunk, until it is told to. */
class SlowSink extends Collector implements BodySink {
  chunks: Buffer[] = [];
  isSlow = true;

  override write(chunk: Uint8Array): boolean {
    this.chunks.push(Buffer.from(chunk));
    return !this.isSlow;
  }
}

test('a reader that wants nothing holds back the sender, and gets everything in the end', async () => {
  const body = new ManualBody();
  const sink = new SlowSink();
  const compressed = new CompressedBody(body, 'br', () => {});
  compressed.pipe(sink);
  const sent: Buffer[] = [];
  const send = (): boolean => {
    const chunk = randomBytes(64 * 1024);
    sent.push(chunk);
    return body.sink!.write(chunk);
  };
  assert.equal(send(), false);
  let rounds = 0;
  while (rounds < 50) {
    const before = body.resumed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (body.resumed === before && rounds > 0) break;
    rounds++;
    send();
  }
  assert.ok(rounds < 50, 'it asked for more and more');
  assert.ok(sink.chunks.length < 3);
  sink.isSlow = false;
  compressed.resume();
  body.sink!.end(null);
  await until(
    () => 'the end',
    () => sink.ended === 'complete',
  );
  assert.deepEqual(brotliDecompressSync(Buffer.concat(sink.chunks)), Buffer.concat(sent));
});

test('a body that is cut off fails, and its compressor is given back once', async () => {
  const body = new ManualBody();
  const sink = new Collector();
  let over = 0;
  const compressed = new CompressedBody(body, 'gzip', () => over++);
  compressed.pipe(sink);
  body.write('some of it');
  body.sink!.fail(new Error('cut off'));
  compressed.destroy();
  assert.ok(sink.ended instanceof Error);
  assert.deepEqual([over, body.destroyed], [1, true]);
});

test('one that nobody reads is given back too', () => {
  const body = new ManualBody();
  let over = 0;
  new CompressedBody(body, 'zstd', () => over++).destroy();
  assert.deepEqual([over, body.destroyed], [1, true]);
});

test('no more answers at a time than there is memory for', () => {
  const { onResponse } = plugin.create({}, deps);
  const bodies = Array.from({ length: 300 }, () => {
    const x = authorized();
    x.request.headers.set('accept-encoding', 'br');
    x.response = answerOf(new ManualBody(), 200, [['content-type', 'text/plain']]);
    void onResponse!(x);
    return x.response;
  });
  const compressed = bodies.filter(({ headers }) => headers.has('content-encoding'));
  assert.equal(compressed.length, 256);
  for (const { body } of bodies) body!.destroy();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawUpstream } from '../support/raw-upstream.ts';
import { answering, ask, transportTo } from '../unit/upstream/http1/support.ts';
import { startRelay } from './relay.ts';
import { send, startRecorder, statusesOf, statusOf } from './support.ts';

/** R4, R5: what stands around the data of chunks is short, strict, and for nobody behind us. */

const POST = 'POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n';

const MALFORMED: readonly (readonly [name: string, chunks: string])[] = [
  ['an extension of a kilobyte (CVE-2024-22019)', `1;${'a'.repeat(1024)}\r\nx\r\n0\r\n\r\n`],
  ['an extension that never ends (CVE-2024-22019)', `1;${'a'.repeat(200_000)}`],
  ['little data in many extensions (CVE-2023-39326)', `${`1;${'a'.repeat(200)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`],
  ['a bare LF behind a size (CVE-2025-22871)', '1\nx\r\n0\r\n\r\n'],
  ['a bare LF behind an extension (CVE-2025-22871)', `1;a\nx\r\n0\r\n\r\n`],
  ['a bare LF in a quoted extension (CVE-2025-22871)', `1;a="\n"\r\nx\r\n0\r\n\r\n`],
  ['a bare CR in an extension', `1;a\rb\r\nx\r\n0\r\n\r\n`],
  ['a bare LF behind data', `1\r\nx\n0\r\n\r\n`],
  ['a bare LF behind the last chunk', `1\r\nx\r\n0\n\n`],
  ['two bytes of any kind behind data', `1\r\nxab0\r\n\r\n`],
  ['a size with a blank behind it', '1 \r\nx\r\n0\r\n\r\n'],
  ['a size with a sign', '+1\r\nx\r\n0\r\n\r\n'],
  ['a size with a prefix', '0x1\r\nx\r\n0\r\n\r\n'],
  ['a size with an underscore', '1_0\r\nx\r\n0\r\n\r\n'],
  ['a size beyond what numbers hold', 'ffffffffffffffff\r\nx\r\n0\r\n\r\n'],
  ['a size that would wrap to one', '100000000000000001\r\nx\r\n0\r\n\r\n'],
  ['no size', '\r\nx\r\n0\r\n\r\n'],
  ['a length among the trailers', '1\r\nx\r\n0\r\nContent-Length: 1\r\n\r\n'],
  ['a coding among the trailers', '1\r\nx\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
];

for (const [name, chunks] of MALFORMED) {
  test(`${name}, in a request: it is never whole, and nothing behind it is served`, async () => {
    await using recorder = await startRecorder({ limits: { bodyIdle: 200 } });
    const answer = await send(recorder.port, POST + chunks + SMUGGLED);
    assert.equal(statusesOf(answer).length, 1);
    assert.match(String(statusOf(answer)), /^4/);
    assert.deepEqual(recorder.bodies, []);
    assert.equal(recorder.heads.length, 1);
  });

  test(`${name}, in an answer: it is never whole`, async () => {
    await using server = await answering(OK + chunks);
    const transport = transportTo(server.port, { timeouts: { idle: 200 } });
    assert.match(await ask(transport), /^200 cut off$/);
    await transport.close();
  });
}

test('extensions and trailers of a request are written to no upstream (CVE-2023-39326)', async () => {
  await using upstream = await RawUpstream.start();
  await using relay = await startRelay({ url: upstream.url });
  const chunks = '1;a=b;c="d"\r\nx\r\n1\r\ny\r\n0;last\r\nX-Ostiary-User: root\r\nX-Other: 1\r\n\r\n';
  assert.equal(statusOf(await send(relay.port, POST + chunks)), 200);
  assert.deepEqual(upstream.foul, []);
  assert.equal(upstream.seen.length, 1);
  const { fields, body } = upstream.seen[0]!;
  assert.equal(body, 'xy');
  assert.equal(
    fields.some(([name]) => name.toLowerCase().startsWith('x-o')),
    false,
  );
});

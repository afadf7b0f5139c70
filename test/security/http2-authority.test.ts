import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineOptions, startEngine } from '../support/http2-engine.ts';
import { connectFrames, type Field, headersFrame, request } from '../support/http2-frames.ts';

async function statusOf(fields: Field[], over: Record<string, string | null>, options: EngineOptions = {}) {
  await using engine = await startEngine(options);
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request(fields, over)));
  const end = await client.end(1);
  return { status: end.kind === 'answer' ? end.status : 0, head: engine.heads[0], unparsed: engine.unparsed[0] };
}

test(':authority and a Host field that differ are refused (CVE-2026-33555)', async () => {
  const { status, head, unparsed } = await statusOf([['host', 'admin.test']], {});
  assert.deepEqual([status, head, unparsed?.reason], [421, undefined, 'authority-mismatch']);
});

test('a Host field that says the same is no second host', async () => {
  const { status, head } = await statusOf([['host', 'App.Test']], {});
  assert.deepEqual([status, head?.host, head?.headers.flat], [200, 'app.test', []]);
});

test('a Host field stands for a missing :authority', async () => {
  const { status, head } = await statusOf([['host', 'app.test:8080']], { ':authority': null });
  assert.deepEqual([status, head?.authority], [200, 'app.test:8080']);
});

test('a host that does not belong to the connection is refused', async () => {
  const { status } = await statusOf([], {}, { mayAsk: () => false });
  assert.equal(status, 421);
});

test('CONNECT and protocols other than WebSocket are refused', async () => {
  const connect = { ':method': 'CONNECT', ':path': null, ':scheme': null };
  assert.equal((await statusOf([], connect)).status, 405);
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, [[':protocol', 'connect-udp'], ...request([], { ':method': 'CONNECT' })], 4));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 501 });
});

test('a scheme that is not the one of the connection is refused, unless a trusted proxy says it', async () => {
  assert.equal((await statusOf([], { ':scheme': 'https' })).status, 421);
  assert.equal((await statusOf([], { ':scheme': 'ftp' })).status, 400);
  const trusted = await statusOf([], { ':scheme': 'https' }, { trustedProxies: ['127.0.0.1/32'] });
  assert.equal(trusted.status, 200);
});

test('crumbs of a cookie become one field', async () => {
  const { head } = await statusOf(
    [
      ['cookie', 'a=1'],
      ['x-own', 'y'],
      ['cookie', 'b=2'],
    ],
    {},
  );
  assert.deepEqual(head?.headers.all('cookie'), ['a=1; b=2']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body, BodySink } from '../../../../src/gateway/body.ts';
import { until } from '../../../support/until.ts';
import { Asking, ask, http2Upstream, readAll, textOf, transportTo } from './support.ts';

test('a request goes out with its pseudo fields, without what belongs to a connection, and is answered', async () => {
  await using upstream = await http2Upstream((stream, _headers, raw) => {
    stream.respond({ ':status': 200, 'x-seen': JSON.stringify(raw), 'x-ostiary-reason': 'forged' });
    stream.end('hello');
  });
  const transport = transportTo(upstream.port);
  const headers = ['accept', '*/*', 'connection', 'close', 'te', 'trailers', 'host', 'other', 'expect', '100-continue'];
  const asking = await ask(transport, { path: '/a', query: 'b=c', headers });
  const seen = JSON.parse(asking.response!.headers.get('x-seen')!) as string[];
  const expected = [
    ':method',
    'GET',
    ':scheme',
    'http',
    ':authority',
    'api.example',
    ':path',
    '/a?b=c',
    'accept',
    '*/*',
  ];
  assert.deepEqual(seen, expected);
  assert.equal(asking.response!.status, 200);
  assert.equal(asking.response!.headers.has('x-ostiary-reason'), false);
  assert.equal(await textOf(asking), 'hello');
  assert.equal(await asking.ended.promise, true);
  assert.equal(asking.x.upstreamAddress, `127.0.0.1:${upstream.port}`);
  await transport.close();
});

test('a body is sent with its length, and many requests share a connection', async () => {
  await using upstream = await http2Upstream((stream, headers) => {
    stream.respond({ ':status': 200, 'x-length': String(headers['content-length']) });
    stream.pipe(stream);
  });
  const transport = transportTo(upstream.port);
  const asked = { method: 'POST', body: 'ping' };
  const all = await Promise.all(Array.from({ length: 20 }, () => ask(transport, asked)));
  assert.deepEqual(new Set(await Promise.all(all.map(textOf))), new Set(['ping']));
  assert.equal(all[0]!.response!.headers.get('x-length'), '4');
  assert.equal(transport.connections, 1);
  await transport.close();
});

test('a streamed body of 4 MiB goes there and back whole', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
  });
  const transport = transportTo(upstream.port);
  const asking = await ask(transport, { method: 'POST', body: chunks(64, 64 * 1024) });
  const { bytes } = await readAll(asking.response!.body!);
  assert.equal(bytes.length, 4 * 1024 * 1024);
  assert.equal(await asking.ended.promise, true);
  await transport.close();
});

test('a chunk is held, and its memory left alone, until the upstream has taken it', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
  });
  const transport = transportTo(upstream.port);
  const asking = await ask(transport, { method: 'POST', body: reusing(40, 50_000) });
  const { bytes } = await readAll(asking.response!.body!);
  for (let i = 0; i < 40; i++) assert.equal(bytes[i * 50_000 + 49_999], i);
  await transport.close();
});

test('more requests than the upstream takes at once get further connections, then wait, then are refused', async () => {
  const held: (() => void)[] = [];
  await using upstream = await http2Upstream(
    (stream) => {
      held.push(() => {
        stream.respond({ ':status': 200 });
        stream.end();
      });
    },
    { settings: { maxConcurrentStreams: 2 } },
  );
  const transport = transportTo(upstream.port, { limits: { connections: 2, pending: 5 } });
  const first = new Asking({});
  transport.send(first);
  await until('the first request', () => held.length === 1);
  const more = Array.from({ length: 6 }, () => new Asking({}));
  for (const asking of more) transport.send(asking);
  await until('four requests', () => held.length === 4);
  assert.equal(transport.connections, 2);
  assert.equal(transport.pending, 3);
  more.push(new Asking({}), new Asking({}));
  for (const asking of more.slice(-2)) transport.send(asking);
  const tooMany = await ask(transport);
  assert.deepEqual([tooMany.failure?.reason, tooMany.sent], ['upstream-busy', false]);
  for (let answered = 0; answered < 9; answered++) {
    await until('the next request', () => held.length > answered);
    held[answered]!();
  }
  await Promise.all([first, ...more].map((asking) => asking.ended.promise));
  assert.equal(transport.pending, 0);
  await transport.close();
});

test('a slow reader holds the upstream back and loses nothing, even when the connection closes behind the answer', async () => {
  const whole = Buffer.alloc(100_000, 'x');
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    stream.end(whole);
    stream.on('close', () => setImmediate(() => upstream.cut()));
  });
  const transport = transportTo(upstream.port);
  const asking = await ask(transport);
  const slow = new SlowSink(asking.response!.body!);
  await until('the first chunk', () => slow.chunks.length === 1 && transport.connections === 0);
  assert.equal(slow.result, null);
  slow.goOn();
  await slow.over.promise;
  assert.equal(slow.result, 'end');
  assert.equal(Buffer.concat(slow.chunks).length, whole.length);
  await transport.close();
});

test('closing lets what is under way end, and a late request gets a connection of its own', async () => {
  const held: (() => void)[] = [];
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    held.push(() => stream.end('done'));
  });
  const transport = transportTo(upstream.port);
  const asking = await ask(transport);
  const closed = transport.close();
  held[0]!();
  assert.equal(await textOf(asking), 'done');
  await closed;
  assert.equal(transport.connections, 0);
  const late = await ask(transport);
  held[1]!();
  assert.equal(await textOf(late), 'done');
  await until('no connection', () => transport.connections === 0);
});

test('an idle connection is closed after its time', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const transport = transportTo(upstream.port, { limits: { keepAlive: 20 } });
  const asking = await ask(transport);
  assert.equal(await asking.ended.promise, true);
  await until('no connection', () => transport.connections === 0 && upstream.sessions.size === 0);
});

test('a WebSocket is not asked for over HTTP/2', async () => {
  const asking = await ask(transportTo(1), { upgrade: 'websocket' });
  assert.deepEqual([asking.failure?.reason, asking.sent], ['upgrade-refused', false]);
});

test('HEAD, 204 and 304 have no body, whatever length is stated', async () => {
  await using upstream = await http2Upstream((stream, headers) => {
    const status = Number(headers['x-status']);
    stream.respond({ ':status': status, ...(status === 204 ? {} : { 'content-length': 10 }) }, { endStream: true });
  });
  const transport = transportTo(upstream.port);
  for (const [method, status] of [
    ['HEAD', '200'],
    ['GET', '304'],
    ['GET', '204'],
  ] as const) {
    const asking = await ask(transport, { method, headers: ['x-status', status] });
    assert.equal(asking.response!.body, null);
    assert.equal(await asking.ended.promise, true);
  }
  await transport.close();
});

test('interim answers are passed on, but 100', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.additionalHeaders({ ':status': 100 });
    stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
    stream.respond({ ':status': 200 });
    stream.end();
  });
  const transport = transportTo(upstream.port);
  const asking = await ask(transport);
  assert.deepEqual(asking.interim, [103]);
  assert.equal(asking.response!.status, 200);
  assert.equal(await textOf(asking), '');
  await transport.close();
});

/** `count` chunks of `size` bytes, one after the other. */
function chunks(count: number, size: number): Body {
  return bodyOf(count, () => Buffer.alloc(size));
}

/** Lends the same memory for every chunk, whose last byte is its number. */
function reusing(count: number, size: number): Body {
  const memory = Buffer.alloc(size);
  return bodyOf(count, (i) => {
    memory[size - 1] = i;
    return memory;
  });
}

function bodyOf(count: number, chunk: (i: number) => Buffer): Body {
  let sent = 0;
  let to: BodySink | null = null;
  const flow = (): void => {
    while (sent < count) if (!to!.write(chunk(sent++))) return;
    to!.end(null);
  };
  return {
    length: null,
    pipe(sink) {
      to = sink;
      flow();
    },
    resume: flow,
    destroy() {},
  };
}

/** Takes one chunk and no more until it is told to go on. */
class SlowSink implements BodySink {
  readonly chunks: Buffer[] = [];
  readonly over = Promise.withResolvers<void>();
  result: 'end' | Error | null = null;
  #holds = true;
  readonly #body: Body;

  constructor(body: Body) {
    this.#body = body;
    body.pipe(this);
  }

  goOn(): void {
    this.#holds = false;
    this.#body.resume();
  }

  write(chunk: Uint8Array): boolean {
    this.chunks.push(Buffer.from(chunk));
    return !this.#holds;
  }

  end(): void {
    this.result = 'end';
    this.over.resolve();
  }

  fail(error: Error): void {
    this.result = error;
    this.over.resolve();
  }
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import type { UpstreamSpec } from '../../../src/upstream/spec.ts';
import { createUpstream, type PooledUpstream } from '../../../src/upstream/upstream.ts';
import { startRaw, until } from '../../security/support.ts';
import { ManualBody } from '../../support/manual-body.ts';
import { exchangeWith, startServer, textOf } from './support.ts';

function upstreamAt(port: number, spec: Partial<UpstreamSpec> = {}): PooledUpstream {
  return createUpstream(
    { url: `http://127.0.0.1:${port}`, ...spec },
    { resolve: new ResolveTable(), clock: systemClock },
  );
}

test('a request and its answer pass', async () => {
  await using server = await startServer((request, response) => {
    response.writeHead(201, { 'X-Made': 'yes', 'Content-Type': 'text/plain' });
    response.end(`${request.method} ${request.url}`);
  });
  const upstream = upstreamAt(server.port);
  const x = exchangeWith({ method: 'DELETE', path: '/a%20b', query: 'c=%2F' });
  const outcome = await upstream.forward(x);
  assert.ok('status' in outcome);
  assert.equal(outcome.status, 201);
  assert.equal(outcome.headers.get('x-made'), 'yes');
  assert.equal(await textOf(outcome), 'DELETE /a%20b?c=%2F');
  assert.equal(x.upstreamAddress, `127.0.0.1:${server.port}`);
  assert.ok(x.timings.upstreamStarted > 0 && x.timings.upstreamAnswered >= x.timings.upstreamStarted);
  assert.equal(x.cancelUpstream, null);
  await upstream.close();
});

test('the request has one Host, no hop-by-hop fields and framing of its own', async () => {
  await using server = await startServer((_request, response) => response.end());
  const upstream = upstreamAt(server.port);
  const headers = HeaderList.from([
    ['host', 'evil.example'],
    ['connection', 'x'],
    ['transfer-encoding', 'gzip'],
    ['content-length', '99'],
    ['te', 'trailers'],
    ['upgrade', 'h2c'],
    ['expect', '100-continue'],
    ['x-twice', '1'],
    ['x-twice', '2'],
  ]);
  await upstream.forward(exchangeWith({ method: 'POST', headers, body: new BufferedBody('hello') }));
  assert.deepEqual(server.requests[0]?.rawHeaders, [
    'host',
    `127.0.0.1:${server.port}`,
    'x-twice',
    '1',
    'x-twice',
    '2',
    'content-length',
    '5',
  ]);
  await upstream.close();
});

test('the Host is what the config says', async () => {
  await using server = await startServer((request, response) => response.end(request.headers.host));
  const upstream = upstreamAt(server.port);
  assert.equal(
    await textOf(await upstream.forward(exchangeWith({ authority: 'other.example:8443' }))),
    'other.example:8443',
  );
  await upstream.close();
});

test('connections are kept, also when the Host changes', async () => {
  const sockets = new Set<unknown>();
  await using server = await startServer((request, response) => {
    sockets.add(request.socket);
    response.end('ok');
  });
  const upstream = upstreamAt(server.port);
  for (const authority of ['a.example', 'b.example', null]) {
    assert.equal(await textOf(await upstream.forward(exchangeWith({ authority }))), 'ok');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(sockets.size, 1);
  await upstream.close();
});

for (const length of [10, null]) {
  test(`a streamed body of ${length ?? 'unknown'} length arrives whole`, async () => {
    await using server = await startServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end(
        `${request.headers['content-length'] ?? request.headers['transfer-encoding']} ${Buffer.concat(chunks)}`,
      );
    });
    const upstream = upstreamAt(server.port);
    const body = new ManualBody(length);
    const answer = Promise.resolve(upstream.forward(exchangeWith({ method: 'POST', body })));
    await until(() => body.sink !== null);
    body.sink!.write(Buffer.from('hello'));
    body.sink!.write(Buffer.from('world'));
    body.sink!.end(null);
    assert.equal(await textOf(await answer), `${length ?? 'chunked'} helloworld`);
    await upstream.close();
  });
}

test('an upstream that does not read holds the request body back', async () => {
  await using raw = await startRaw((socket) => socket.pause());
  const upstream = upstreamAt(raw.port);
  const body = new ManualBody(null);
  const x = exchangeWith({ method: 'POST', body });
  const answer = upstream.forward(x);
  await until(() => body.sink !== null);
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    const resumed = body.resumed;
    while (body.sink!.write(chunk)) written++;
    for (let i = 0; i < 50 && body.resumed === resumed; i++) await new Promise((resolve) => setImmediate(resolve));
    if (body.resumed === resumed) break;
  }
  assert.ok(written < 1024, 'never held back');
  x.cancelUpstream?.();
  assert.match(await textOf(await answer), /^refused: client-gone/);
  assert.equal(body.destroyed, true);
  await upstream.close();
});

test('a reader that is slow holds the upstream back, and nothing is lost', async () => {
  const total = 16 * 1024 * 1024;
  let sent = 0;
  await using server = await startServer(async (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    while (sent < total) {
      sent += chunk.byteLength;
      if (!response.write(chunk)) await once(response, 'drain');
    }
    response.end();
  });
  const upstream = upstreamAt(server.port);
  const outcome = await upstream.forward(exchangeWith());
  assert.ok('status' in outcome && outcome.body !== null);
  const body = outcome.body;
  let received = 0;
  let over = false;
  body.pipe({
    write: (chunk) => {
      received += chunk.byteLength;
      return false;
    },
    end: () => {
      over = true;
    },
    fail: (error) => assert.fail(error),
  });
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent < total, 'never held back');
  await until(() => {
    body.resume();
    return over;
  });
  assert.equal(received, total);
  await upstream.close();
});

test('HEAD, 204 and 304 have no body', async () => {
  await using server = await startServer((request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { 'content-length': '42' });
    response.end();
  });
  const upstream = upstreamAt(server.port);
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    const outcome = await upstream.forward(exchangeWith({ method, path: `/${status}` }));
    assert.ok('status' in outcome, `${method} ${status}`);
    assert.equal(outcome.body, null);
  }
  await upstream.close();
});

test('an early answer ends an upload that nobody reads, and the answer counts', async () => {
  await using server = await startServer((_request, response) =>
    response.writeHead(413, { connection: 'close' }).end('too large'),
  );
  const upstream = upstreamAt(server.port);
  const body = new ManualBody(null);
  const answer = Promise.resolve(upstream.forward(exchangeWith({ method: 'POST', body })));
  await until(() => body.sink !== null);
  body.sink!.write(Buffer.from('a'));
  const outcome = await answer;
  assert.equal(await textOf(outcome), 'too large');
  await until(() => body.destroyed);
  await upstream.close();
});

test('who is not there is upstream-unreachable', async () => {
  const raw = await startRaw(() => {});
  await raw[Symbol.asyncDispose]();
  const upstream = upstreamAt(raw.port);
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable: .*ECONNREFUSED/);
  await upstream.close();
});

test('a connection that ends before an answer is upstream-unreachable, and nothing is sent again', async () => {
  let connections = 0;
  await using raw = await startRaw((socket) => {
    connections++;
    socket.once('data', () => socket.destroy());
  });
  const upstream = upstreamAt(raw.port);
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.equal(connections, 1);
  await upstream.close();
});

test('a first byte that does not come is upstream-timeout', async () => {
  await using raw = await startRaw(() => {});
  const upstream = upstreamAt(raw.port, { timeouts: { firstByte: 50 } });
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-timeout/);
  await upstream.close();
});

test('an exchange that takes too long is upstream-timeout', async () => {
  await using raw = await startRaw(() => {});
  const upstream = upstreamAt(raw.port, { timeouts: { total: 50 } });
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-timeout/);
  await upstream.close();
});

for (const timeouts of [{ idle: 50 }, { total: 50 }]) {
  test(`an answer that stops is cut off: ${JSON.stringify(timeouts)}`, async () => {
    await using raw = await startRaw((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')),
    );
    const upstream = upstreamAt(raw.port, { timeouts });
    await assert.rejects(textOf(await upstream.forward(exchangeWith())));
    await upstream.close();
  });
}

test('a connection that does not stand in time is upstream-timeout', async () => {
  await using raw = await startRaw(() => {});
  const tls = { insecureSkipVerify: true };
  const upstream = upstreamAt(raw.port, { url: `https://127.0.0.1:${raw.port}`, tls, timeouts: { connect: 50 } });
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-timeout/);
  await upstream.close();
});

test('a client that left before is not forwarded', async () => {
  await using server = await startServer((_request, response) => response.end());
  const upstream = upstreamAt(server.port);
  const x = exchangeWith();
  x.aborted = true;
  assert.match(await textOf(await upstream.forward(x)), /^refused: client-gone/);
  assert.equal(server.requests.length, 0);
  await upstream.close();
});

test('closing waits for the answers that are under way, and a late request is served', async () => {
  let finish = (): void => {};
  await using server = await startServer((request, response) => {
    if (request.url === '/late') response.end('late');
    else finish = () => response.end('slow');
  });
  const upstream = upstreamAt(server.port);
  const slow = upstream.forward(exchangeWith());
  await until(() => server.requests.length === 1);
  const closed = upstream.close();
  assert.equal(await textOf(await upstream.forward(exchangeWith({ path: '/late' }))), 'late');
  finish();
  assert.equal(await textOf(await slow), 'slow');
  await closed;
});

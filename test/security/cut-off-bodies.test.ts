import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import type { Body } from '../../src/gateway/body.ts';
import type { Exchange } from '../../src/gateway/exchange.ts';
import type { Refusal, Response } from '../../src/gateway/outcome.ts';
import { ResolveTable } from '../../src/upstream/resolve.ts';
import { createUpstream, type PooledUpstream } from '../../src/upstream/upstream.ts';
import { get, send, startRaw, startRecorder, statusOf, text, until } from './support.ts';

/** R9 (RFC 9112 8): what was cut off never looks complete, in either direction. */

function relay(upstream: PooledUpstream, outcomes: (Response | Refusal)[] = []) {
  return async (x: Exchange): Promise<Response> => {
    const { method, path, query, headers } = x.request;
    x.outgoing = {
      method,
      path,
      query,
      authority: null,
      headers: headers.clone(),
      body: x.body,
      upgrade: null,
      sign: null,
    };
    const outcome = await upstream.forward(x);
    outcomes.push(outcome);
    return 'kind' in outcome ? text(502, outcome.reason) : outcome;
  };
}

function upstreamAt(port: number): PooledUpstream {
  return createUpstream({ url: `http://127.0.0.1:${port}` }, { resolve: new ResolveTable(), clock: systemClock });
}

const UPLOADS: readonly (readonly [name: string, head: string, body: string])[] = [
  ['Content-Length', 'Content-Length: 10', 'half'],
  ['chunked', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
];

for (const [name, head, body] of UPLOADS) {
  test(`a request body (${name}) that the client cuts off is cut off at the upstream`, async () => {
    let received = '';
    let closed = false;
    await using raw = await startRaw((socket) => {
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('close', () => {
        closed = true;
      });
    });
    const upstream = upstreamAt(raw.port);
    const outcomes: (Response | Refusal)[] = [];
    await using recorder = await startRecorder({ answer: relay(upstream, outcomes) });
    const client = connect(recorder.port, '127.0.0.1', () =>
      client.write(`POST / HTTP/1.1\r\nHost: a.example\r\n${head}\r\n\r\n${body}`),
    );
    await until(() => received.includes('half'));
    client.destroy();
    await until(() => closed && recorder.settled.length === 1);
    assert.doesNotMatch(received, /0\r\n\r\n$/);
    assert.deepEqual(
      outcomes.map((outcome) => 'kind' in outcome && outcome.reason),
      ['bad-request'],
    );
    await upstream.close();
  });
}

test('malformed chunks break the upstream request too, and the client gets 400-class news', async () => {
  let received = '';
  let closed = false;
  await using raw = await startRaw((socket) => {
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => {
      closed = true;
    });
  });
  const upstream = upstreamAt(raw.port);
  await using recorder = await startRecorder({ answer: relay(upstream) });
  const client = connect(recorder.port, '127.0.0.1', () =>
    client.write('POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
  );
  let answer = '';
  client.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  client.on('error', () => {});
  await until(() => received.includes('half'));
  client.write('Z\r\nrest\r\n0\r\n\r\n');
  await until(() => closed && client.destroyed);
  assert.doesNotMatch(received, /0\r\n\r\n$/);
  assert.equal(statusOf(answer), 502);
  assert.match(answer, /\r\nbad-request$|bad-request/);
  await upstream.close();
});

test('a client that goes away before the answer ends the upstream request', async () => {
  let received = '';
  let closed = false;
  await using raw = await startRaw((socket) => {
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => {
      closed = true;
    });
  });
  const upstream = upstreamAt(raw.port);
  await using recorder = await startRecorder({ answer: relay(upstream), limits: { halfClosedTime: 50 } });
  const client = connect(recorder.port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'));
  await until(() => received !== '');
  client.destroy();
  await until(() => closed && recorder.settled.length === 1);
  assert.equal(recorder.settled[0]?.aborted, true);
  await upstream.close();
});

const ANSWERS: readonly (readonly [name: string, answer: string, complete: RegExp])[] = [
  ['Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', /content-length: 10\r\n[\s\S]*\r\n\r\n.{10}/],
  ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', /0\r\n\r\n$/],
];

for (const [name, bytes, complete] of ANSWERS) {
  test(`an answer (${name}) that the upstream cuts off is cut off at the client`, async () => {
    await using raw = await startRaw((socket) => {
      socket.on('data', () => {
        socket.write(bytes);
        setImmediate(() => socket.destroySoon());
      });
    });
    const upstream = upstreamAt(raw.port);
    await using recorder = await startRecorder({ answer: relay(upstream) });
    const answer = await get(recorder.port, '/');
    assert.doesNotMatch(answer, complete);
    assert.equal(recorder.settled[0]?.aborted, true);
    await upstream.close();
  });
}

test('an answer for an HTTP/1.0 client is reset when it is cut off, because closing would complete it', async () => {
  const cut: Body = {
    length: null,
    pipe: (sink) => {
      sink.write(Buffer.from('half'));
      setImmediate(() => sink.fail(new Error('cut off')));
    },
    resume: () => {},
    destroy: () => {},
  };
  await using recorder = await startRecorder({ answer: () => ({ status: 200, headers: new HeaderList(), body: cut }) });
  const ended = await new Promise<string>((resolve) => {
    const client = connect(recorder.port, '127.0.0.1', () => client.write('GET / HTTP/1.0\r\nHost: a.example\r\n\r\n'));
    client.on('end', () => resolve('end')).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    client.resume();
  });
  assert.equal(ended, 'ECONNRESET');
});

test('a body that is shorter or longer than its head says is cut off', async () => {
  for (const bytes of ['four', 'more than ten']) {
    const wrong: Body = {
      length: 10,
      pipe: (sink) => {
        sink.write(Buffer.from(bytes));
        sink.end(null);
      },
      resume: () => {},
      destroy: () => {},
    };
    await using recorder = await startRecorder({
      answer: () => ({ status: 200, headers: new HeaderList(), body: wrong }),
    });
    await send(recorder.port, 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
    assert.equal(recorder.settled[0]?.aborted, true);
  }
});

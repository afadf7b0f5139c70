import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { createDemoCertificates } from '../../../../src/dev/demo-certificates.ts';
import { type BodySink, BufferedBody } from '../../../../src/gateway/body.ts';
import type { Exchange, GrpcCall } from '../../../../src/gateway/exchange.ts';
import { refuse } from '../../../../src/gateway/outcome.ts';
import { type EngineOptions, type RunningEngine, readAndAnswer, startEngine } from '../../../support/http2-engine.ts';
import {
  CANCEL,
  connectFrames,
  dataFrame,
  END_HEADERS,
  FRAME,
  headersFrame,
  NO_ERROR,
  request,
  rstFrame,
} from '../../../support/http2-frames.ts';
import { ManualBody } from '../../../support/manual-body.ts';
import { until } from '../../../support/until.ts';
import { type Answer, ask, client, collect, type Sent } from './client.ts';

const GRPC_CALL = { package: 'p', service: 'S', serviceFullName: 'p.S', method: 'M', wire: 'grpc', timeout: null };

async function once(options: EngineOptions, path: string, sent: Sent = {}): Promise<[Answer, RunningEngine]> {
  await using engine = await startEngine(options);
  const session = client(engine.port);
  const answer = await ask(session, path, sent);
  session.destroy();
  return [answer, engine];
}

test('a request becomes an exchange, and its answer has a length and a date', async () => {
  const [answer, { heads, settled }] = await once({}, '/a/b?c=d', {
    headers: { 'x-own': 'y', 'X-Forwarded-For': '1' },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, 'got 0');
  assert.equal(answer.headers['content-length'], '5');
  assert.equal(typeof answer.headers.date, 'string');
  const [head] = heads;
  assert.equal(head?.method, 'GET');
  assert.equal(head?.host, 'app.test');
  assert.equal(head?.path, '/a/b');
  assert.equal(head?.query, 'c=d');
  assert.equal(head?.httpVersion, '2');
  assert.deepEqual(head?.headers.flat, ['x-own', 'y']);
  assert.deepEqual(
    settled.map(({ whole, x }) => [whole, x.bytesSent]),
    [[true, 5]],
  );
});

test('over TLS, too, and then with HSTS', async () => {
  const { ca, cert, key } = createDemoCertificates(['app.test']);
  for (const readsFirst of [false, true]) {
    await using engine = await startEngine({ tls: { cert, key }, readsFirst });
    const session = client(engine.port, ca);
    const answer = await ask(session, '/', { body: 'hello' });
    session.destroy();
    assert.equal(answer.body, 'got 5');
    assert.equal(engine.heads[0]?.scheme, 'https');
    assert.equal(engine.heads[0]?.tls?.version, 'TLSv1.3');
    assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000');
  }
});

test('bytes that were read before the engine got the connection are not lost', async () => {
  const [answer] = await once({ readsFirst: true }, '/', { body: 'hello' });
  assert.equal(answer.body, 'got 5');
});

test('bodies of any size pass in both directions', async () => {
  const bytes = Buffer.alloc(3_000_000, 'x');
  const answer = async () => ({ status: 200, headers: new HeaderList(), body: new BufferedBody(bytes) });
  const [down] = await once({ answer }, '/');
  assert.equal(down.body.length, bytes.byteLength);
  const [up, { bodies, settled }] = await once({}, '/', { body: bytes });
  assert.equal(up.body, 'got 3000000');
  assert.equal(bodies[0]?.length, bytes.byteLength);
  assert.equal(settled[0]?.x.bytesReceived, bytes.byteLength);
});

test('a large chunk is held until the client has taken it, a small one is not', async () => {
  const body = new ManualBody();
  await using engine = await startEngine({ answer: () => ({ status: 200, headers: new HeaderList(), body }) });
  const session = client(engine.port);
  const answer = ask(session, '/');
  const sink = await until('the body to be wanted', () => body.sink);
  const small = Buffer.from('small');
  assert.equal(sink.write(small), true);
  small.fill('?');
  const large = Buffer.alloc(40_000, 'y');
  assert.equal(sink.write(large), false);
  await until('the body to be asked for more', () => body.resumed > 0);
  sink.end(null);
  assert.equal((await answer).body, `small${'y'.repeat(40_000)}`);
  session.destroy();
});

test('a client that stops reading stops the upstream, and costs no more than a chunk', async () => {
  const body = new ManualBody();
  await using engine = await startEngine({ answer: () => ({ status: 200, headers: new HeaderList(), body }) });
  const session = client(engine.port);
  const stream = session.request({ ':path': '/', ':authority': 'app.test' });
  stream.on('error', () => {});
  stream.pause();
  const sink = await until('the body to be wanted', () => body.sink);
  const chunk = Buffer.alloc(64_000);
  // As an upstream would: one more for each time that it is asked.
  let writes = 1;
  assert.equal(sink.write(chunk), false);
  body.resume = () => {
    writes++;
    assert.equal(sink.write(chunk), false);
  };
  await sleep(200);
  assert.ok(writes < 10, `${writes} chunks went into a closed window`);
  session.destroy();
});

test('answers without a body end with their head', async () => {
  for (const [status, method] of [
    [204, 'GET'],
    [205, 'GET'],
    [304, 'GET'],
    [200, 'HEAD'],
  ] as const) {
    const answer = () => ({
      status,
      headers: HeaderList.from([['content-length', '7']]),
      body: new BufferedBody('1234567'),
    });
    const [given, { settled }] = await once({ answer }, '/', { headers: { ':method': method } });
    assert.equal(given.status, status);
    assert.equal(given.body, '');
    assert.equal(given.headers['content-length'], status === 204 || status === 205 ? undefined : '7');
    assert.equal(settled[0]?.whole, true);
  }
});

test('fields of one connection and fields that cannot be written never go out', async () => {
  const fields: [string, string][] = [
    ['connection', 'x-other'],
    ['keep-alive', '1'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'h2c'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['etag', '"a"'],
    ['etag', '"b"'],
  ];
  const [answer] = await once({ answer: () => ({ status: 200, headers: HeaderList.from(fields), body: null }) }, '/');
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']) {
    assert.equal(answer.headers[name], undefined);
  }
  const bad = HeaderList.from([['x-bad', 'a\r\nset-cookie: b']]);
  const [refused] = await once({ answer: () => ({ status: 200, headers: bad, body: null }) }, '/');
  assert.equal(refused.status, 500);
  assert.equal(refused.headers['x-ostiary-reason'], 'internal-error');
});

test('an answer whose body is cut off, too short or too long is reset, and does not look complete', async () => {
  const ends: ((sink: BodySink) => void)[] = [
    (sink) => sink.fail(new Error('cut off')),
    (sink) => sink.end(null),
    (sink) => sink.write(Buffer.alloc(20)),
  ];
  for (const end of ends) {
    const body = new ManualBody(10);
    await using engine = await startEngine({ answer: () => ({ status: 200, headers: new HeaderList(), body }) });
    const session = client(engine.port);
    const answer = ask(session, '/');
    const sink = await until('the body to be wanted', () => body.sink);
    sink.write(Buffer.from('12345'));
    end(sink);
    assert.equal((await answer).code, 2);
    await until('it to be settled', () => engine.settled.length === 1);
    assert.equal(engine.settled[0]?.whole, false);
    assert.equal(body.destroyed, true);
    session.destroy();
  }
});

test('a client that resets its stream ends the work for it', async () => {
  const body = new ManualBody();
  let cancelled = false;
  await using engine = await startEngine({
    answer: (x) => {
      if (x.request.path === '/answered') return { status: 200, headers: new HeaderList(), body };
      x.cancelUpstream = () => {
        cancelled = true;
      };
      return null;
    },
  });
  const session = client(engine.port);
  const first = session.request({ ':path': '/answered', ':authority': 'app.test' });
  const ended = collect(first);
  await until('the answer to begin', () => body.sink);
  first.close(8);
  await ended;
  await until('it to be settled', () => engine.settled.length === 1);
  assert.equal(engine.settled[0]?.whole, false);
  assert.equal(body.destroyed, true);
  const second = session.request({ ':path': '/waiting', ':authority': 'app.test' });
  second.on('error', () => {});
  await until('the second request', () => engine.heads.length === 2);
  second.close(8);
  await until('the upstream to be cancelled', () => cancelled);
  session.destroy();
});

test('a request body that is cut off fails whoever reads it', async () => {
  for (const code of [NO_ERROR, CANCEL]) {
    await using engine = await startEngine();
    using frames = await connectFrames(engine.port);
    frames.send(headersFrame(1, request([], { ':method': 'POST' }), END_HEADERS), dataFrame(1, 'half'));
    await until('the body to be read', () => engine.exchanges[0]?.bytesReceived === 4);
    frames.send(rstFrame(1, code));
    await until('it to be settled', () => engine.settled.length === 1);
    assert.deepEqual(engine.bodies, []);
    assert.equal(engine.settled[0]?.whole, false);
  }
});

test('an answer that comes before the end of an upload stops the upload without an error', async () => {
  const answer = () => ({ status: 403, headers: new HeaderList(), body: new BufferedBody('no') });
  await using engine = await startEngine({ answer });
  const session = client(engine.port);
  const stream = session.request({ ':method': 'POST', ':path': '/', ':authority': 'app.test' });
  stream.write('begin');
  const given = await collect(stream);
  assert.deepEqual([given.status, given.body, given.code], [403, 'no', 0]);
  await until('it to be settled', () => engine.settled.length === 1);
  assert.equal(engine.settled[0]?.whole, true);
  assert.equal((await ask(session, '/')).status, 403);
  session.destroy();
});

test('100-continue is said when somebody wants the body, other expectations are refused', async () => {
  const [wanted] = await once({}, '/', { body: 'hello', headers: { expect: '100-continue' } });
  assert.deepEqual([wanted.interim, wanted.status, wanted.body], [[100], 200, 'got 5']);
  const [unwanted] = await once({ answer: () => ({ status: 401, headers: new HeaderList(), body: null }) }, '/', {
    body: 'hello',
    headers: { expect: '100-continue' },
  });
  assert.deepEqual([unwanted.interim, unwanted.status], [[], 401]);
  const [other] = await once({}, '/', { headers: { expect: 'miracles' } });
  assert.equal(other.status, 417);
});

test('interim answers pass on', async () => {
  const [answer] = await once(
    {
      answer: (x) => {
        x.sendInterim?.(103, HeaderList.from([['link', '</a.css>; rel=preload']]));
        x.sendInterim?.(
          103,
          HeaderList.from([
            ['upgrade', 'x'],
            ['x-bad', 'a\nb'],
          ]),
        );
        return { status: 200, headers: new HeaderList(), body: null };
      },
    },
    '/',
  );
  assert.deepEqual(answer.interim, [103, 103]);
  assert.equal(answer.status, 200);
});

function grpcCall(): GrpcCall {
  return { ...GRPC_CALL } as GrpcCall;
}

test('gRPC answers have trailers, others lose them', async () => {
  for (const isGrpc of [true, false]) {
    const body = new ManualBody();
    await using engine = await startEngine({
      answer: (x) => {
        if (isGrpc) x.grpc = grpcCall();
        return { status: 200, headers: new HeaderList(), body };
      },
    });
    const session = client(engine.port);
    const answer = ask(session, '/p.S/M');
    const sink = await until('the body to be wanted', () => body.sink);
    sink.write(Buffer.from('message'));
    sink.end(
      HeaderList.from([
        ['grpc-status', '0'],
        ['set-cookie', 'a=b'],
        ['content-length', '1'],
      ]),
    );
    const given = await answer;
    assert.equal(given.body, 'message');
    assert.equal(given.trailers?.['grpc-status'], isGrpc ? '0' : undefined);
    assert.equal(given.trailers?.['set-cookie'], undefined);
    assert.equal(given.trailers?.['content-length'], undefined);
    assert.equal(given.code, 0);
    session.destroy();
  }
});

test('a gRPC answer that is cut off ends with a status', async () => {
  const body = new ManualBody();
  await using engine = await startEngine({
    answer: (x) => {
      x.grpc = grpcCall();
      return { status: 200, headers: new HeaderList(), body };
    },
  });
  const session = client(engine.port);
  const answer = ask(session, '/p.S/M', { body: 'begin' });
  const sink = await until('the body to be wanted', () => body.sink);
  sink.write(Buffer.from('message'));
  sink.fail(new Error('gone'));
  const given = await answer;
  assert.equal(given.trailers?.['grpc-status'], '14');
  assert.equal(engine.settled[0]?.whole, false);
  session.destroy();
});

test('trailers of a gRPC request pass without what belongs before a body', async () => {
  const seen: (string[] | null)[] = [];
  const trailers = { 'x-checksum': 'abc', cookie: 'a=b', authorization: 'Bearer x', 'x-forwarded-for': '1.2.3.4' };
  for (const isGrpc of [true, false]) {
    await once(
      {
        answer: (x) => {
          if (isGrpc) x.grpc = grpcCall();
          return new Promise((resolve) => {
            x.body?.pipe({
              write: () => true,
              end: (given) => {
                seen.push(given?.flat ?? null);
                resolve({ status: 200, headers: new HeaderList(), body: null });
              },
              fail: () => resolve(null),
            });
          });
        },
      },
      '/p.S/M',
      { body: 'message', trailers },
    );
  }
  assert.deepEqual(seen, [['x-checksum', 'abc'], null]);
});

test('an open stream can be ended: a gRPC call with its status, others by a reset', async () => {
  for (const isGrpc of [true, false]) {
    const body = new ManualBody();
    await using engine = await startEngine({
      answer: (x) => {
        if (isGrpc) x.grpc = grpcCall();
        x.isOpenStream = true;
        return { status: 200, headers: new HeaderList(), body };
      },
    });
    const session = client(engine.port);
    const answer = ask(session, '/');
    await until('the answer to begin', () => body.sink);
    const x = engine.exchanges[0]!;
    x.terminate?.(refuse('session-unknown'));
    x.terminate?.(refuse('session-unknown'));
    const given = await answer;
    if (isGrpc) assert.equal(given.trailers?.['grpc-status'], '16');
    else assert.equal(given.code, 2);
    assert.equal(body.destroyed, true);
    assert.equal(engine.settled.length, 1);
    session.destroy();
  }
});

test('too many fields, too large ones and a too long path are refused with their status', async () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, 'a']));
  const [fields, { unparsed }] = await once({}, '/', { headers: many });
  assert.equal(fields.status, 431);
  assert.equal(unparsed[0]?.reason, 'bad-header');
  const large = Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`x-${i}`, 'a'.repeat(9_000)]));
  assert.equal((await once({}, '/', { headers: large }))[0].status, 431);
  assert.equal((await once({}, `/${'a'.repeat(17_000)}`))[0].status, 414);
});

test('an overloaded gateway and a wrong host refuse', async () => {
  const [overloaded] = await once({ isOverloaded: () => true }, '/', { body: 'hello' });
  assert.equal(overloaded.status, 503);
  assert.equal(overloaded.headers['x-ostiary-reason'], 'overloaded');
  const [misdirected] = await once({ mayAsk: (host) => host !== 'app.test' }, '/');
  assert.equal(misdirected.status, 421);
});

test('a refusal of one stream leaves the others alone', async () => {
  await using engine = await startEngine();
  const session = client(engine.port);
  const answers = await Promise.all([
    ask(session, '/../..%2f'),
    ask(session, '/good', { body: 'hello' }),
    ask(session, '/', { headers: { ':authority': 'a b' } }),
    ask(session, '/also-good'),
  ]);
  assert.deepEqual([answers[1].body, answers[3].body], ['got 5', 'got 0']);
  assert.equal(engine.heads.length, 2);
  session.destroy();
});

test('draining lets streams finish and takes no new ones', async () => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await using engine = await startEngine({
    answer: async (x) => {
      if (x.request.path === '/slow') await released;
      return readAndAnswer(x);
    },
  });
  const session = client(engine.port);
  const goaways: number[] = [];
  session.on('goaway', (code) => goaways.push(code));
  const slow = ask(session, '/slow');
  await until('the request', () => engine.heads.length === 1);
  for (const connection of engine.connections) connection.drain();
  await until('GOAWAY', () => goaways.length > 0);
  release();
  const answer = await slow;
  assert.deepEqual([answer.status, answer.body, goaways[0]], [200, 'got 0', 0]);
  await until('the connection to close', () => engine.connections.size === 0);
  session.destroy();
});

test('draining serves what comes within a moment, and then names the last stream', async () => {
  await using engine = await startEngine();
  using peer = await connectFrames(engine.port);
  for (const connection of engine.connections) connection.drain();
  peer.send(headersFrame(1, request()));
  await peer.end(1);
  assert.equal((await peer.frame((f) => f.type === FRAME.goaway))?.payload.readUInt32BE(0), 1);
});

test('what the client began behind the last stream is not served', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const answer = (x: Exchange) => released.then(() => readAndAnswer(x));
  await using engine = await startEngine({ answer });
  using peer = await connectFrames(engine.port);
  peer.send(headersFrame(1, request()));
  await until('the request', () => engine.heads.length === 1);
  for (const connection of engine.connections) connection.drain();
  const goaway = await peer.frame((f) => f.type === FRAME.goaway);
  peer.send(headersFrame(3, request()));
  assert.deepEqual([goaway?.payload.readUInt32BE(0), goaway?.payload.readUInt32BE(4)], [1, NO_ERROR]);
  release();
  await peer.end(1);
  await until('the connection to close', () => engine.connections.size === 0);
  assert.equal(engine.heads.length, 1);
});

test('a connection that begins while draining gets the settings first', async () => {
  await using engine = await startEngine();
  using peer = await connectFrames(engine.port);
  await until('the connection', () => engine.connections.size === 1);
  for (const connection of engine.connections) connection.drain();
  await peer.goaway();
  assert.equal(peer.frames[0]?.type, FRAME.settings);
});

test('an idle connection is closed, also when its client never closes it', async () => {
  await using engine = await startEngine({ limits: { keepAliveTimeout: 50, headTimeout: 50 } });
  const session = client(engine.port);
  await ask(session, '/');
  await until('the connection to close', () => engine.connections.size === 0);
  session.destroy();
});

test('half a connection is none', async () => {
  await using engine = await startEngine({ answer: () => null });
  const session = client(engine.port);
  const stream = session.request({ ':path': '/', ':authority': 'app.test' });
  stream.on('error', () => {});
  await until('the request', () => engine.heads.length === 1);
  session.destroy();
  await until('the connection to close', () => engine.connections.size === 0);
});

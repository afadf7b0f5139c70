import assert from 'node:assert/strict';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { test } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import type { Body, BodySink } from '../../../../src/gateway/body.ts';
import type { Exchange } from '../../../../src/gateway/exchange.ts';
import { refuse } from '../../../../src/gateway/outcome.ts';
import { type EngineOptions, type RunningEngine, startEngine } from '../../../support/http2-engine.ts';
import { until } from '../../../support/until.ts';
import { client, collect } from './client.ts';

/** Sends back whatever it is sent, and ends when it is ended. */
class Echo implements Body, BodySink {
  readonly length = null;
  destroyed = false;
  #from: Body | null = null;
  #to: BodySink | null = null;

  from(body: Body | null): this {
    this.#from = body;
    return this;
  }

  pipe(sink: BodySink): void {
    this.#to = sink;
    this.#from?.pipe(this);
  }

  write(chunk: Uint8Array): boolean {
    return this.#to?.write(chunk) ?? true;
  }

  end(): void {
    this.#to?.end(null);
  }

  fail(error: Error): void {
    this.#to?.fail(error);
  }

  resume(): void {
    this.#from?.resume();
  }

  destroy(): void {
    this.destroyed = true;
  }
}

const HANDSHAKE: OutgoingHttpHeaders = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':path': '/chat',
  ':authority': 'app.test',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'chat',
};

interface World extends AsyncDisposable {
  readonly engine: RunningEngine;
  readonly session: ClientHttp2Session;
  readonly echoes: Echo[];
  open(headers?: OutgoingHttpHeaders): ClientHttp2Stream;
}

async function world(options: EngineOptions = {}): Promise<World> {
  const echoes: Echo[] = [];
  const answer = (x: Exchange) => {
    const echo = new Echo().from(x.body);
    echoes.push(echo);
    const fields = HeaderList.from([
      ['sec-websocket-protocol', 'chat'],
      ['sec-websocket-accept', 'of the upstream'],
    ]);
    return { status: 101, headers: fields, body: echo };
  };
  const engine = await startEngine({ answer, ...options });
  const session = client(engine.port);
  await new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()));
  return {
    engine,
    session,
    echoes,
    open: (headers = HANDSHAKE) => session.request(headers, { endStream: false }),
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await engine[Symbol.asyncDispose]();
    },
  };
}

test('a WebSocket over HTTP/2 is a GET to everybody, is answered with 200, and passes bytes both ways', async () => {
  await using w = await world();
  const stream = w.open();
  stream.write('hello');
  const answered = collect(stream);
  await until('the echo', () => w.engine.exchanges[0]?.bytesSent === 5);
  stream.end(' there');
  const answer = await answered;
  assert.deepEqual([answer.status, answer.body, answer.code], [200, 'hello there', 0]);
  assert.equal(answer.headers['sec-websocket-protocol'], 'chat');
  assert.equal(answer.headers['sec-websocket-accept'], undefined);
  const [head] = w.engine.heads;
  assert.deepEqual([head?.method, head?.upgrade, head?.path], ['GET', 'websocket', '/chat']);
  await until('it to be settled', () => w.engine.settled.length === 1);
  assert.equal(w.engine.settled[0]?.whole, true);
});

test('a handshake of another version or none is refused', async () => {
  await using w = await world();
  const { 'sec-websocket-version': _, ...without } = HANDSHAKE;
  const other = await collect(w.open({ ...HANDSHAKE, 'sec-websocket-version': '8' }));
  assert.deepEqual([other.status, other.headers['sec-websocket-version']], [426, '13']);
  assert.equal((await collect(w.open(without))).status, 400);
  assert.equal(w.engine.heads.length, 0);
});

test('a refused WebSocket gets an ordinary answer', async () => {
  const answer = () => ({ status: 403, headers: new HeaderList(), body: null });
  await using w = await world({ answer });
  const given = await collect(w.open());
  assert.deepEqual([given.status, given.code], [403, 0]);
});

test('101 for a request that asked for none is an error of ours', async () => {
  await using w = await world();
  const given = await collect(w.session.request({ ':path': '/', ':authority': 'app.test' }));
  assert.equal(given.status, 500);
});

test('a tunnel can be ended, with a Close frame where one can stand', async () => {
  await using w = await world();
  const stream = w.open();
  stream.on('error', () => {});
  const answered = collect(stream);
  await until('the tunnel', () => w.engine.exchanges[0]?.terminate);
  w.engine.exchanges[0]?.terminate?.(refuse('session-unknown'));
  const { body, code } = await answered;
  assert.equal(code, 0);
  assert.equal(body.charCodeAt(0), 0x88);
  assert.equal(body.charCodeAt(2) * 256 + body.charCodeAt(3), 1008);
  assert.equal(w.echoes[0]?.destroyed, true);
  assert.deepEqual(
    w.engine.settled.map(({ whole }) => whole),
    [false],
  );
});

test('in the middle of a frame it is reset', async () => {
  await using w = await world();
  const stream = w.open();
  const answered = collect(stream);
  stream.write(Buffer.from([0x82, 0x7d, 0x01]));
  await until('half a frame', () => w.engine.exchanges[0]?.bytesSent === 3);
  w.engine.exchanges[0]?.terminate?.(refuse('policy-denied'));
  assert.notEqual((await answered).code, 0);
});

test('draining ends tunnels, silence does, and so does the loss of the client', async () => {
  {
    await using w = await world();
    const answered = collect(w.open());
    await until('the tunnel', () => w.engine.exchanges[0]?.terminate);
    for (const connection of w.engine.connections) connection.drain();
    assert.equal((await answered).body.charCodeAt(3), 1001 % 256);
  }
  {
    await using w = await world({ limits: { tunnelIdle: 100 } });
    assert.notEqual((await collect(w.open())).code, 0);
    assert.equal(w.echoes[0]?.destroyed, true);
  }
  {
    await using w = await world();
    const stream = w.open();
    stream.on('error', () => {});
    await until('the tunnel', () => w.engine.exchanges[0]?.terminate);
    w.session.destroy();
    await until('it to be settled', () => w.engine.settled.length === 1);
    assert.equal(w.echoes[0]?.destroyed, true);
  }
});

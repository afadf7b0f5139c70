import assert from 'node:assert/strict';
import { constants, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import type { Conversation } from '../../../../src/gateway/conversation.ts';
import { whatGrpcNeeds } from '../../../../src/upstream/grpc/library.ts';
import { ResolveTable } from '../../../../src/upstream/resolve.ts';
import { createUpstream } from '../../../../src/upstream/upstream.ts';
import { until } from '../../../support/until.ts';
import { exchangeWith } from '../support.ts';

/** A server of gRPC that says everything back; a message is its frame. */
class Echo implements AsyncDisposable {
  readonly sessions = new Set<ServerHttp2Session>();
  readonly authorities: string[] = [];
  readonly #server: Http2Server = createServer();

  async start(): Promise<number> {
    this.#server.on('session', (session) => {
      this.sessions.add(session.on('close', () => this.sessions.delete(session)));
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers) => {
      this.authorities.push(`${headers[':authority']}${headers[':path']}`);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.on('error', () => {});
      if (headers[':path'] === '/a.A/Half') stream.once('data', (frame: Buffer) => cutOff(stream, frame));
      else stream.pipe(stream);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function cutOff(stream: ServerHttp2Stream, frame: Buffer): void {
  stream.write(frame.subarray(0, -1), () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
}

function listener() {
  const heard: string[] = [];
  const ended: (string | null)[] = [];
  return {
    heard: (message: Buffer) => void heard.push(message.toString()),
    ended: (failure: string | null) => void ended.push(failure),
    told: { heard, ended },
  };
}

function upstreamAt(port: number, most = 2) {
  const resolve = new ResolveTable([`a.example:50051:127.0.0.1:${port}`]);
  const spec = { url: 'grpc://a.example:50051', limits: { requests: most }, messageBytes: 100 };
  return createUpstream(spec, { resolve, clock: systemClock });
}

function talking(given: Conversation | { readonly kind: string }): Conversation {
  assert.ok(!('kind' in given), 'it was refused');
  return given;
}

test('conversations share a connection that goes where the installation says, and end with the upstream', async () => {
  await using echo = new Echo();
  const upstream = upstreamAt(await echo.start());
  const [one, other] = [listener(), listener()];
  const first = talking(await upstream.converse(exchangeWith(), '/a.A/B', one));
  const second = talking(await upstream.converse(exchangeWith(), '/a.A/B', other));
  first.say(Buffer.from('hello'));
  second.say(Buffer.from('other'));
  await until('both answers', () => one.told.heard[0] === 'hello' && other.told.heard[0] === 'other');
  assert.deepEqual([echo.sessions.size, echo.authorities[0]], [1, 'a.example:50051/a.A/B']);
  const third = await upstream.converse(exchangeWith(), '/a.A/B', listener());
  assert.deepEqual('kind' in third && third.reason, 'upstream-busy');
  first.end();
  await until('the end', () => one.told.ended.length === 1);
  assert.equal(one.told.ended[0], null);
  await upstream.close();
  second.say(Buffer.from('still'));
  await until('what is under way', () => other.told.heard[1] === 'still');
  second.cancel();
  await until('the end of the connection', () => echo.sessions.size === 0);
  assert.deepEqual(other.told.ended, []);
});

test('a late conversation has a connection of its own, which ends with it', async () => {
  await using echo = new Echo();
  const upstream = upstreamAt(await echo.start());
  await upstream.close();
  const late = listener();
  const conversation = talking(await upstream.converse(exchangeWith(), '/a.A/B', late));
  conversation.say(Buffer.from('late'));
  await until('the answer', () => late.told.heard[0] === 'late');
  conversation.end();
  await until('the end of the connection', () => echo.sessions.size === 0);
});

test('a message that is too large ends the conversation', async () => {
  await using echo = new Echo();
  const upstream = upstreamAt(await echo.start());
  const told = listener();
  talking(await upstream.converse(exchangeWith(), '/a.A/B', told)).say(Buffer.alloc(101));
  await until('the end', () => told.told.ended.length === 1);
  assert.match(told.told.ended[0] ?? '', /grpc-status 8/);
  assert.deepEqual(told.told.heard, []);
  await upstream.close();
});

test('half a message is none', async () => {
  await using echo = new Echo();
  const upstream = upstreamAt(await echo.start());
  const told = listener();
  talking(await upstream.converse(exchangeWith(), '/a.A/Half', told)).say(Buffer.from('hello'));
  await until('the end', () => told.told.ended.length === 1);
  assert.match(told.told.ended[0] ?? '', /grpc-status 13/);
  assert.deepEqual(told.told.heard, []);
  await upstream.close();
});

test('what is missing is named', () => {
  assert.equal(whatGrpcNeeds(), null);
  const missing = whatGrpcNeeds(() => {
    throw new Error('not found');
  });
  assert.match(missing ?? '', /npm install .* @grpc\/grpc-js/);
});

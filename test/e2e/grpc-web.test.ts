import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:http2';
import { after, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PARROT, ParrotServer, type Words } from '../support/grpc-parrot.ts';
import { service, yaml } from '../support/resources.ts';

/** A client of gRPC-Web by hand: messages with their length in front, trailers in a frame of their own. */

const parrot = await ParrotServer.start();
const upstream = { url: `grpc://127.0.0.1:${parrot.port}` };
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      service('rpc', { mode: 'GRPC', isAnonymous: true, config: { upstream } }),
      service('guarded', { mode: 'GRPC', config: { upstream } }),
    ),
  },
});

const Parrot = PARROT['test.v1.Parrot'] as unknown as Record<
  string,
  { requestSerialize(words: Words): Buffer; responseDeserialize(bytes: Buffer): Words }
>;

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

interface Ask {
  readonly host?: string;
  readonly method: string;
  readonly type: string;
  readonly body: Buffer;
}

type Send = (ask: Ask) => Promise<Raw>;

const overHttp1: Send = ({ host = 'rpc', method, type, body }) =>
  new Promise((resolve, reject) => {
    const options = {
      port: gateway.port,
      host: '127.0.0.1',
      method: 'POST',
      path: `/test.v1.Parrot/${method}`,
      headers: { host: `${host}.${DOMAIN}`, 'content-type': type, 'x-grpc-web': '1' },
    };
    const sent = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, bytes: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject).end(body);
  });

const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
after(() => session.destroy());

const overHttp2: Send = ({ host = 'rpc', method, type, body }) =>
  new Promise((resolve, reject) => {
    const path = `/test.v1.Parrot/${method}`;
    const head = { ':method': 'POST', ':path': path, ':authority': `${host}.${DOMAIN}`, 'content-type': type };
    const stream = session.request(head);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    stream.on('response', (headers) => {
      stream.on('end', () =>
        resolve({ status: headers[':status']!, headers: headers as Raw['headers'], bytes: Buffer.concat(chunks) }),
      );
    });
    stream.end(body);
  });

interface Called {
  readonly raw: Raw;
  readonly messages: Words[];
  /** In lower case, as in `grpc-status: 0`. */
  readonly trailers: readonly string[];
}

async function call(
  send: Send,
  form: 'binary' | 'text',
  method: string,
  words: readonly Words[],
  host = 'rpc',
): Promise<Called> {
  const { requestSerialize, responseDeserialize } = Parrot[method]!;
  const body = Buffer.concat(words.map((one) => framed(requestSerialize(one))));
  const type = form === 'text' ? 'application/grpc-web-text' : 'application/grpc-web+proto';
  const raw = await send({ host, method, type, body: form === 'text' ? Buffer.from(body.toString('base64')) : body });
  const frames = framesOf(form === 'text' ? unpadded(raw.bytes.toString('latin1')) : raw.bytes);
  const messages = frames.filter(({ flag }) => flag === 0).map(({ payload }) => responseDeserialize(payload));
  const trailers = frames
    .filter(({ flag }) => flag === 0x80)
    .flatMap(({ payload }) => payload.toString().split('\r\n'));
  assert.ok(trailers.length === 0 || frames.at(-1)?.flag === 0x80, 'the trailers come last');
  return { raw, messages, trailers: trailers.filter((line) => line !== '') };
}

function framed(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function framesOf(bytes: Buffer): { flag: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    frames.push({ flag: bytes[at]!, payload: bytes.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return frames;
}

/** Segments of base64, each with padding of its own. */
function unpadded(text: string): Buffer {
  const quads = text.match(/.{4}/gs) ?? [];
  return Buffer.concat(quads.map((quad) => Buffer.from(quad, 'base64')));
}

for (const [version, send] of [
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
] as const) {
  for (const form of ['binary', 'text'] as const) {
    test(`a unary call in the ${form} form over ${version}`, async () => {
      const { raw, messages, trailers } = await call(send, form, 'Say', [{ text: 'hello' }]);
      assert.equal(raw.status, 200);
      const type = form === 'text' ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto';
      assert.equal(raw.headers['content-type'], type);
      assert.equal(raw.headers['x-header'], 'yes');
      assert.deepEqual(
        messages.map(({ text }) => text),
        ['said: hello'],
      );
      assert.ok(trailers.includes('grpc-status: 0') && trailers.includes('x-trailer: yes'), trailers.join());
      assert.deepEqual([parrot.last.get('x-grpc-web'), parrot.last.get('te')], [[], []]);
    });

    test(`answers that stream in the ${form} form over ${version}`, async () => {
      const { messages, trailers } = await call(send, form, 'Count', [{ number: 50 }]);
      assert.deepEqual(
        messages.map(({ number }) => number),
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
      assert.ok(trailers.includes('grpc-status: 0'));
    });

    test(`an error of the upstream in the ${form} form over ${version}`, async () => {
      const { raw, trailers } = await call(send, form, 'Say', [{ text: 'x', number: status.NOT_FOUND }]);
      const stated =
        raw.headers['grpc-status'] === undefined ? trailers : [`grpc-status: ${raw.headers['grpc-status']}`];
      assert.ok(stated.includes('grpc-status: 5'), stated.join());
    });

    test(`a refusal in the ${form} form over ${version}`, async () => {
      const { raw, messages } = await call(send, form, 'Say', [{ text: 'x' }], 'guarded');
      assert.deepEqual([raw.status, raw.headers['grpc-status'], messages], [200, '16', []]);
      assert.equal(raw.headers['x-ostiary-reason'], 'unauthenticated');
    });
  }

  test(`a message of 1 MiB in the text form over ${version}`, async () => {
    const ballast = Buffer.alloc(1024 * 1024, 5);
    const { messages } = await call(send, 'text', 'Say', [{ text: 'x', ballast }]);
    assert.ok(ballast.equals(messages[0]!.ballast!));
  });

  test(`text that is no base64 over ${version} is refused`, async () => {
    const { status: code, headers } = await send({
      method: 'Say',
      type: 'application/grpc-web-text',
      body: Buffer.from('AAA?'),
    });
    assert.deepEqual([code, headers['grpc-status'], headers['x-ostiary-reason']], [200, '3', 'bad-body']);
  });
}

test('gRPC itself is not served over HTTP/1.1', async () => {
  const { status: code, headers } = await overHttp1({ method: 'Say', type: 'application/grpc', body: Buffer.alloc(0) });
  assert.deepEqual([code, headers['x-ostiary-reason']], [415, 'grpc-protocol']);
});

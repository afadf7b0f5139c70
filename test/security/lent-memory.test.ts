import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { TestAuthority } from '../support/certificates.ts';
import { tlsWith } from '../support/tls-settings.ts';
import { startRelay } from './relay.ts';

/**
 * Connections read into memory that they use again. A piece that a slow reader still has must never change into a
 * piece of something else, least of all into what belongs to somebody else.
 */

const SIZE = 1_500_000;
const authority = new TestAuthority();
const pair = authority.server({ dns: ['app.test'], ip: ['127.0.0.1'] });

/** Every eight bytes tell whose they are, and where they belong. */
function pattern(owner: number): Buffer {
  const bytes = Buffer.alloc(SIZE);
  for (let at = 0; at + 8 <= SIZE; at += 8) {
    bytes.writeUInt32BE(owner, at);
    bytes.writeUInt32BE(at, at + 4);
  }
  return bytes;
}

/** `/chunked/7` or `/length/7`, in pieces of many sizes. */
const serve: RequestListener = (request, response) => {
  const [, framing, owner] = (request.url as string).split('/');
  const bytes = pattern(Number(owner));
  if (framing === 'length') response.setHeader('content-length', bytes.length);
  let at = 0;
  let size = 1;
  const next = (): void => {
    while (at < bytes.length) {
      const piece = bytes.subarray(at, at + size);
      at += piece.length;
      size = (size * 3 + 1) % 70_001;
      if (!response.write(piece)) return;
    }
    response.off('drain', next).end();
  };
  response.on('drain', next);
  next();
};

async function startUpstream(secure: boolean): Promise<string> {
  const server = secure ? createSecureServer(pair, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Takes a piece now and then. */
function readSlowly(stream: NodeJS.ReadableStream & { pause(): unknown }, pieces: Buffer[]): void {
  stream.on('data', (chunk: Buffer) => {
    pieces.push(Buffer.from(chunk));
    stream.pause();
    setTimeout(() => stream.resume(), 1);
  });
}

async function overHttp1(socket: Socket, path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  readSlowly(socket, pieces);
  socket.write(`GET ${path} HTTP/1.0\r\nHost: app.test\r\n\r\n`);
  await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
  const all = Buffer.concat(pieces);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

async function overHttp2(port: number, paths: readonly string[]): Promise<Buffer[]> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.ca, servername: 'app.test' });
  const bodies = await Promise.all(
    paths.map(async (path) => {
      const stream = session.request({ ':path': path, ':authority': 'app.test' });
      const pieces: Buffer[] = [];
      readSlowly(stream, pieces);
      await new Promise((resolve, reject) => stream.on('close', resolve).on('error', reject));
      return Buffer.concat(pieces);
    }),
  );
  session.close();
  return bodies;
}

function check(bodies: readonly Buffer[], owners: readonly number[]): void {
  assert.deepEqual(
    bodies.map((body, i) => body.equals(pattern(owners[i] as number))),
    owners.map(() => true),
  );
}

for (const secure of [false, true]) {
  const upstream = secure ? 'TLS' : 'cleartext';

  test(`what slow readers of HTTP/1.1 get is their own, from a ${upstream} upstream`, async () => {
    await using relay = await startRelay({ url: await startUpstream(secure), tls: { trustedCAs: [authority.ca] } });
    const owners = [1, 2, 3, 4];
    const get = (owner: number) =>
      overHttp1(connect(relay.port, '127.0.0.1'), `/${owner % 2 === 0 ? 'length' : 'chunked'}/${owner}`);
    // Twice, so that connections to the upstream are used again.
    for (let i = 0; i < 2; i++) check(await Promise.all(owners.map(get)), owners);
  });

  test(`what slow readers over TLS get is their own, from a ${upstream} upstream`, async () => {
    await using relay = await startRelay(
      { url: await startUpstream(secure), tls: { trustedCAs: [authority.ca] } },
      { tls: tlsWith([pair]) },
    );
    const to = { port: relay.port, host: '127.0.0.1', ca: authority.ca, servername: 'app.test' };
    const owners = [5, 6, 7];
    const get = (owner: number) =>
      overHttp1(
        connectTls({ ...to, ALPNProtocols: ['http/1.1'] }),
        `/${owner % 2 === 0 ? 'length' : 'chunked'}/${owner}`,
      );
    check(await Promise.all(owners.map(get)), owners);
  });

  test(`what slow readers of HTTP/2 get is their own, from a ${upstream} upstream`, async () => {
    await using relay = await startRelay(
      { url: await startUpstream(secure), tls: { trustedCAs: [authority.ca] } },
      { tls: tlsWith([pair]) },
    );
    const owners = [8, 9, 10];
    const paths = owners.map((owner) => `/${owner % 2 === 0 ? 'length' : 'chunked'}/${owner}`);
    check(await overHttp2(relay.port, paths), owners);
  });
}

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { TestAuthority } from '../support/certificates.ts';
import { outcomeOf, Recorded, transportTo } from '../unit/upstream/http1/support.ts';

/** R72: who an upstream is, is asked on every connection, and nothing is said before it is known. */

const authority = new TestAuthority();
const stranger = new TestAuthority();

async function startUpstream() {
  const seen: { readonly reused: boolean; text: string }[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer(authority.server({ dns: ['localhost'] }), (socket) => {
    const connection = { reused: socket.isSessionReused(), text: '' };
    seen.push(connection);
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        connection.text += chunk.toString('latin1');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { server, seen, port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

async function askOnce(transport: ReturnType<typeof transportTo>): Promise<string> {
  const attempt = new Recorded({});
  attempt.x.outgoing!.headers.set('authorization', 'Bearer secret');
  transport.send(attempt);
  const outcome = await outcomeOf(attempt);
  return outcome.split(':', 1)[0] as string;
}

test('no session is resumed, so that every certificate is looked at (CVE-2026-48934, CVE-2026-58040)', async () => {
  await using upstream = await startUpstream();
  const transport = transportTo(upstream.port, { url: `https://localhost:${upstream.port}`, ca: authority.ca });
  for (let i = 0; i < 3; i++) assert.equal(await askOnce(transport), '200');
  assert.deepEqual(
    upstream.seen.map(({ reused }) => reused),
    [false, false, false],
  );
  await transport.close();
});

for (const [who, pair] of [
  ['another name', authority.server({ dns: ['other.test'] })],
  ['another authority', stranger.server({ dns: ['localhost'] })],
  ['no name but an address', authority.server({ ip: ['127.0.0.1'] })],
] as const) {
  test(`an upstream that has ${who} from now on gets no request, and no credential`, async () => {
    await using upstream = await startUpstream();
    const transport = transportTo(upstream.port, { url: `https://localhost:${upstream.port}`, ca: authority.ca });
    assert.equal(await askOnce(transport), '200');
    upstream.server.setSecureContext(pair);
    assert.equal(await askOnce(transport), 'upstream-unreachable');
    assert.deepEqual(
      upstream.seen
        .slice(1)
        .map(({ text }) => text)
        .join(''),
      '',
    );
    await transport.close();
  });
}

import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { TestAuthority } from '../support/certificates.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service, yaml } from '../support/resources.ts';

/** Upstreams behind `http_proxy` and `https_proxy`, and those that `no_proxy` leaves out. */

const authority = new TestAuthority();
const secure = createTlsServer(authority.server({ dns: ['far.example'] }), (request, response) =>
  response.end(`secure ${request.headers.host}${request.url}`),
);
const near = await RecordingUpstream.start('near');

/** Heads of what the proxy was asked. */
const asked: string[] = [];
const proxy = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (head: Buffer) => {
    const text = head.toString('latin1');
    asked.push(text);
    if (text.startsWith('CONNECT ')) tunnel(socket);
    else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nby proxy\n');
  });
});

function tunnel(socket: Socket): void {
  const inner = connect(portOf(secure), '127.0.0.1').on('error', () => socket.destroy());
  socket.write('HTTP/1.1 200 Connected\r\n\r\n');
  socket.pipe(inner).pipe(socket);
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

for (const server of [secure, proxy] as Server[]) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
}

const behind = `http://user:secret@127.0.0.1:${portOf(proxy)}`;
const to = (name: string, url: string, more = {}) =>
  service(name, { isAnonymous: true, config: { upstream: { url }, ...more } });
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      to('plain', 'http://far.example:8080'),
      to('tls', 'https://far.example', { tls: { trustedCAs: [authority.ca] } }),
      to('near', near.url),
      to('inner', 'http://api.internal:8080'),
    ),
  },
  env: { http_proxy: behind, https_proxy: behind, no_proxy: 'elsewhere.example,.internal' },
});
const CREDENTIAL = `Basic ${Buffer.from('user:secret').toString('base64')}`;

test('requests to an http upstream go to the proxy in absolute form, with its credential', async () => {
  const { status, body } = await gateway.ask('plain', '/a?b');
  assert.deepEqual([status, body], [200, 'by proxy\n']);
  const head = asked.pop()!;
  assert.match(head, /^GET http:\/\/far\.example:8080\/a\?b HTTP\/1\.1\r\n/);
  assert.match(head, /\r\nhost: far\.example:8080\r\n/i);
  assert.ok(head.toLowerCase().includes(`proxy-authorization: ${CREDENTIAL.toLowerCase()}\r\n`));
});

test('an https upstream is reached through a tunnel, and its own certificate is checked', async () => {
  const { status, body } = await gateway.ask('tls', '/a');
  assert.deepEqual([status, body], [200, 'secure far.example/a']);
  assert.match(asked.pop()!, /^CONNECT far\.example:443 HTTP\/1\.1\r\n/);
});

test('an upstream that no_proxy names is not asked of the proxy, though nobody else knows its name', async () => {
  const { status, reason } = await gateway.ask('inner');
  assert.deepEqual([status, reason], [502, 'upstream-unreachable']);
  assert.deepEqual(asked, []);
});

test('an upstream on this machine is reached directly, and does not see the credential', async () => {
  assert.equal((await gateway.ask('near')).status, 200);
  assert.deepEqual(asked, []);
  assert.equal(near.last.headers['proxy-authorization'], undefined);
});

test('the password of the proxy is in no log', () => {
  assert.doesNotMatch(gateway.stderr + gateway.stdout, /secret/);
});

/**
 * R49, R50: a proxy that believes in an upgrade which the upstream did not make (h2c smuggling, WebSocket smuggling by
 * a wrong version or a failing handshake) passes everything behind it on unseen.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { open, service, yaml } from '../support/resources.ts';
import { send, startRaw, statusesOf } from './support.ts';

/** Everything that the upstream was sent. */
let received = '';
/** What it answers to each head. */
let answer = '';
const upstream = await startRaw((socket) => {
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
    for (let heads = text.split('\r\n\r\n').length - 1; heads > 0; heads--) socket.write(answer);
  });
});
after(() => upstream[Symbol.asyncDispose]());

const url = `http://127.0.0.1:${upstream.port}`;
const DENY = { name: 'deny', effect: 'DENY', condition: { matchAny: true } };
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      open('app', url, { match: { paths: [{ prefix: '/open' }] } }),
      service('secret', {
        hosts: [`app.${DOMAIN}`],
        match: { paths: [{ prefix: '/secret' }] },
        authorization: { inlinePolicies: [{ name: 'nobody', spec: { rules: [DENY] } }] },
        config: { upstream: { url } },
      }),
    ),
  },
});

const HOST = `Host: app.${DOMAIN}:${gateway.port}\r\n`;
const SMUGGLED = `GET /secret HTTP/1.1\r\n${HOST}\r\n`;
const KEY = randomBytes(16).toString('base64');
const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';

function handshake(version: string, upgrade = 'websocket'): string {
  const key = `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: ${version}\r\n`;
  return `GET /open HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABk\r\n${key}\r\n`;
}

/** Sends both, at once, and gives the statuses; the upstream must not have seen the second. */
async function statuses(first: string): Promise<number[]> {
  received = '';
  const answers = await send(gateway.port, first + SMUGGLED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  assert.ok(!received.includes('/secret'), received);
  return statusesOf(answers);
}

for (const protocol of ['h2c', 'h2c, websocket', 'websocket, h2c', 'tls/1.2']) {
  test(`Upgrade: ${protocol} is refused, and nothing behind it is heard`, async () => {
    answer = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
    assert.deepEqual(await statuses(handshake('13', protocol)), [501]);
    assert.equal(received, '');
  });
}

test('a wrong version is answered here, and nothing behind it is heard upstream', async () => {
  answer = NOT_FOUND;
  const [first, ...rest] = await statuses(handshake('777'));
  assert.equal(first, 426);
  assert.equal(received, '');
  assert.ok(
    rest.every((status) => status >= 400),
    String(rest),
  );
});

for (const status of ['404 Not Found', '426 Upgrade Required', '200 OK', '500 Oops']) {
  test(`an upstream that answers ${status} opens no tunnel for what comes behind`, async () => {
    answer = `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;
    const [first, ...rest] = await statuses(handshake('13'));
    assert.equal(first, Number.parseInt(status, 10));
    assert.ok(
      rest.every((one) => one >= 400),
      String(rest),
    );
  });
}

test('a handshake with a body is no handshake', async () => {
  answer = NOT_FOUND;
  const body = handshake('13').replace('\r\n\r\n', `\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`);
  const [first] = await statuses(body);
  assert.ok(first === 400 || first === 501, String(first));
  assert.equal(received, '');
});

test('a POST is no handshake', async () => {
  answer = NOT_FOUND;
  const [first] = await statuses(handshake('13').replace('GET ', 'POST '));
  assert.ok(first === 400 || first === 501, String(first));
  assert.equal(received, '');
});

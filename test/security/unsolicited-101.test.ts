/** R49, R50: a 101 that nobody asked for, or that proves nothing, opens no tunnel: 502, and the connection is over. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { webSocketAccept } from '../../src/wire/web-socket/handshake.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { open, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';
import { send, startRaw, statusesOf } from './support.ts';

interface Seen {
  head: string;
  rest: string;
  closed: boolean;
}

const connections: Seen[] = [];
/** Gives the answer to a request with this key. */
let answer: (key: string) => string = () => '';
const upstream = await startRaw((socket) => {
  const seen: Seen = { head: '', rest: '', closed: false };
  connections.push(seen);
  socket.on('close', () => {
    seen.closed = true;
  });
  socket.setEncoding('latin1').on('data', (text: string) => {
    if (seen.head !== '') seen.rest += text;
    else {
      seen.head = text;
      socket.write(answer(/^sec-websocket-key: *(\S+)/im.exec(text)?.[1] ?? ''), 'latin1');
    }
  });
});
after(() => upstream[Symbol.asyncDispose]());

const gateway = await GatewayProcess.start({
  files: { 'all.yaml': yaml(open('app', `http://127.0.0.1:${upstream.port}`)) },
});

const HOST = `Host: app.${DOMAIN}:${gateway.port}\r\n`;
const PLAIN = `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const CLIENT_KEY = randomBytes(16).toString('base64');
const HANDSHAKE =
  `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Key: ${CLIENT_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const switching = (fields: string) => `HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n`;

/** The answer is 502; what comes behind it stays unsaid, and the upstream's connection is closed. */
async function refused(request: string): Promise<void> {
  const answers = await send(gateway.port, request, (text) => text.includes('\r\n\r\n'));
  assert.equal(statusesOf(answers)[0], 502, answers);
  assert.ok(!answers.includes('from the upstream'), answers);
  const seen = connections.at(-1)!;
  await until('the end of the connection upstream', () => seen.closed);
  assert.equal(seen.rest, '');
}

test('a 101 to an ordinary request is 502', async () => {
  answer = () => `${switching(`${UPGRADE}Sec-WebSocket-Accept: ${webSocketAccept('x')}\r\n`)}from the upstream`;
  await refused(PLAIN);
});

test('a 101 to a request that asked for another upgrade never comes to be', async () => {
  const before = connections.length;
  const answers = await send(gateway.port, HANDSHAKE.replace('websocket', 'h2c'));
  assert.deepEqual([statusesOf(answers), connections.length], [[501], before]);
});

const accept = (key: string) => `Sec-WebSocket-Accept: ${webSocketAccept(key)}\r\n`;
const WRONG: Readonly<Record<string, (key: string) => string>> = {
  'without Upgrade': (key) => switching(`Connection: Upgrade\r\n${accept(key)}`),
  'without Connection': (key) => switching(`Upgrade: websocket\r\n${accept(key)}`),
  'with another protocol': (key) => switching(`Upgrade: h2c\r\nConnection: Upgrade\r\n${accept(key)}`),
  'without Accept': () => switching(UPGRADE),
  'with the Accept of another key': () => switching(`${UPGRADE}${accept('dGhlIHNhbXBsZSBub25jZQ==')}`),
  "with the Accept of the client's own key": () => switching(`${UPGRADE}${accept(CLIENT_KEY)}`),
  'with two of them': (key) => switching(`${UPGRADE}${accept(key)}${accept(key)}`),
  'with a subprotocol that nobody offered': (key) =>
    switching(`${UPGRADE}${accept(key)}Sec-WebSocket-Protocol: chat\r\n`),
  'with an extension that nobody offered': (key) =>
    switching(`${UPGRADE}${accept(key)}Sec-WebSocket-Extensions: permessage-deflate\r\n`),
  'of HTTP/1.0': (key) => switching(`${UPGRADE}${accept(key)}`).replace('HTTP/1.1', 'HTTP/1.0'),
};

for (const [name, wrong] of Object.entries(WRONG)) {
  test(`a 101 ${name} opens no tunnel`, async () => {
    answer = (key) => `${wrong(key)}from the upstream`;
    await refused(HANDSHAKE);
  });
}

test('one that is right does, with an Accept for the key of the client', async () => {
  answer = (key) => `${switching(`${UPGRADE}${accept(key)}`)}from the upstream`;
  const answers = await send(gateway.port, HANDSHAKE, (text) => text.includes('from the upstream'));
  assert.equal(statusesOf(answers)[0], 101);
  assert.match(answers.toLowerCase(), /connection: upgrade/);
  assert.ok(answers.includes(webSocketAccept(CLIENT_KEY)), answers);
});

/** CWE-1385, CVE-2026-2833: a page of another site opens a WebSocket, and the browser sends our cookies along. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { EchoSockets, refusedHandshake, SocketClient } from '../support/web-socket.ts';

const upstream = await EchoSockets.start();
const config = { upstream: { url: upstream.url } };
const world = await SignInWorld.start(
  yaml(
    service('chat', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config }),
    service('shared', {
      mode: 'WEB',
      authorization: { policies: ['allow-all'] },
      config: { ...config, http: { webSocket: { allowedOrigins: ['https://pages.example.org'] } } },
    }),
  ),
);
const { port } = world.gateway;

/** The Cookie field of somebody who is signed in. */
async function cookieFor(name: string): Promise<string> {
  const browser = new CookieBrowser();
  await world.signIn(browser, world.url(name));
  const cookies = browser.cookies(`${name}.${DOMAIN}`);
  return cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
}

const cookies = { chat: await cookieFor('chat'), shared: await cookieFor('shared') };
const ask = (name: 'chat' | 'shared', origin: string) => ({
  host: `${name}.${DOMAIN}`,
  headers: { cookie: cookies[name], origin },
});

test('a page of the same origin opens one with its cookies', async () => {
  const client = await SocketClient.open(port, ask('chat', `http://chat.${DOMAIN}:${port}`));
  client.send('hello');
  assert.equal(await client.next(), 'hello');
});

const FOREIGN = [
  'https://evil.example',
  'null',
  `http://${DOMAIN}:${port}`,
  `http://shared.${DOMAIN}:${port}`,
  `https://chat.${DOMAIN}:${port}`,
  `http://chat.${DOMAIN}`,
  `http://chat.${DOMAIN}:${port}.evil.example`,
  'https://pages.example.org',
];

for (const origin of FOREIGN) {
  test(`a page of ${origin.replace(String(port), 'PORT')} opens none, and the upstream hears of nothing`, async () => {
    const before = upstream.handshakes.length;
    const { status, headers } = await refusedHandshake(port, ask('chat', origin));
    assert.deepEqual([status, headers['x-ostiary-reason']], [403, 'origin-refused']);
    assert.equal(upstream.handshakes.length, before);
  });
}

test('an origin that the Service names may, and only there', async () => {
  const client = await SocketClient.open(port, ask('shared', 'https://pages.example.org'));
  client.send('hello');
  assert.equal(await client.next(), 'hello');
});

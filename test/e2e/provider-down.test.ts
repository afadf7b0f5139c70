import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, test } from 'node:test';
import { startInnerProvider } from '../../src/dev/inner-provider.ts';
import { TestAuthority } from '../support/certificates.ts';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { ACCOUNTS, CLIENT_ID, CLIENT_SECRET, chooseAccount } from '../support/oidc-provider.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, type Document, service, yaml } from '../support/resources.ts';
import { PEOPLE, SignInWorld } from '../support/sign-in-world.ts';

/** Sign-ins that wait for a provider that never answers. */
const WAITING = 500;

async function listening(server: Server, port = 0): Promise<number> {
  await once(server.listen(port, '127.0.0.1'), 'listening');
  after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Takes connections and says nothing. */
async function startSilent(port = 0) {
  const sockets: { destroy(): unknown }[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  after(stop);
  return { port: await listening(server, port), sockets, stop };
}

const failing = await listening(
  createHttpServer((_, response) => void response.writeHead(500, { 'content-type': 'text/html' }).end('sorry')),
);
const stranger = new TestAuthority().server({ ip: ['127.0.0.1'] });
const untrusted = await listening(createHttpsServer({ cert: stranger.cert, key: stranger.key }));
const silent = await startSilent();
const port = await freePort();
const ISSUERS = {
  demo: `http://127.0.0.1:${port}`,
  silent: `http://127.0.0.1:${silent.port}`,
  failing: `http://127.0.0.1:${failing}`,
  closed: `http://127.0.0.1:${await freePort()}`,
  nameless: 'https://provider.invalid',
  untrusted: `https://127.0.0.1:${untrusted}`,
};

function identityProvider([name, issuerURL]: [string, string]): Document {
  const oidc = { clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, issuerURL };
  return { kind: 'IdentityProvider', metadata: { name }, spec: { oidc } };
}

const upstream = await RecordingUpstream.start('upstream');
const gateway = await GatewayProcess.start({
  args: ['--workers', '2'],
  files: {
    'resources.yaml': yaml(
      ALLOW_ALL,
      ...PEOPLE,
      { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } },
      ...Object.entries(ISSUERS).map(identityProvider),
      service('app', { mode: 'WEB', config: { upstream: { url: upstream.url } } }),
    ),
  },
});
const world = new SignInWorld(gateway);

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'k' }] };

/** The same provider each time: its keys outlive it. */
async function startProvider() {
  const redirectUris = [world.url(DOMAIN, '/.ostiary/callback/demo')];
  const clients = [{ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris }];
  const provider = await startInnerProvider({ port, clients, accounts: ACCOUNTS, settings: { jwks } });
  after(() => provider.close());
  return provider;
}

const begin = (name: string, browser = new CookieBrowser()) =>
  browser.get(world.url(DOMAIN, `/.ostiary/sign-in?provider=${name}`));

async function signedIn(name: string): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  await chooseAccount(browser, await begin('demo', browser), name);
  assert.equal((await browser.get(world.url('app'))).status, 200);
  return browser;
}

/** As far as the way back, which has not been gone. */
async function backFromProvider(browser: CookieBrowser): Promise<string> {
  const page = await begin('demo', browser);
  let answer = await browser.submit(page.url, { account: 'bob' });
  while (!answer.headers.location!.includes('/.ostiary/callback/')) {
    answer = await browser.step(new URL(answer.headers.location!, answer.url));
  }
  return answer.headers.location!;
}

async function mustBeShut({ status, headers, body }: BrowserAnswer, browser: CookieBrowser): Promise<void> {
  assert.equal(status, 502);
  assert.match(body, /The identity provider cannot be reached at the moment\./);
  assert.match(body, new RegExp(String(headers['x-ostiary-request-id'])));
  assert.match(body, /Try again/);
  assert.equal(browser.cookie(DOMAIN, 'ostiary-session'), null);
  assert.equal((await browser.step(world.url('app'))).status, 303);
}

let provider = await startProvider();
const alice = await signedIn('alice');
const mustGoOn = async () => assert.equal((await alice.step(world.url('app'))).status, 200);

for (const name of ['failing', 'closed', 'nameless', 'untrusted']) {
  test(`a provider that is ${name} signs nobody in, and says so`, async () => {
    const browser = new CookieBrowser();
    await mustBeShut(await begin(name, browser), browser);
    await mustGoOn();
  });
}

test('while a provider says nothing, those who wait for it hold up nobody else and are told in the end', async () => {
  const browsers = Array.from({ length: WAITING }, () => new CookieBrowser());
  const waiting = browsers.map((browser) => begin('silent', browser));
  await mustGoOn();
  await signedIn('bob');
  const way = new CookieBrowser();
  const url = await backFromProvider(way);
  await provider.close();
  const hanging = await startSilent(port);
  const back = way.get(url);
  await mustGoOn();
  const answers = await Promise.all(waiting);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [502]);
  await mustBeShut(answers[0]!, browsers[0]!);
  // One call of each worker at a time, however many wait.
  assert.ok(silent.sockets.length <= WAITING / 20, `${silent.sockets.length} connections`);
  await mustBeShut(await back, way);
  await mustGoOn();
  hanging.stop();
});

test('once the provider is back people sign in, with no restart', async () => {
  provider = await startProvider();
  await signedIn('bob');
  await mustGoOn();
});

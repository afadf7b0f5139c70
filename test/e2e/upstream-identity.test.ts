/** What upstreams are told of who asks, as an upstream sees it that verifies with the published keys. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, type JWTVerifyResult, jwtVerify } from 'jose';
import { openSigningKeys } from '../../src/main/signing-keys.ts';
import { openState } from '../../src/main/state.ts';
import { PUBLISHED_AHEAD_MS } from '../../src/secrets/signing/signing-ring.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { isError, metadataOf, ParrotClient, ParrotServer } from '../support/grpc-parrot.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, group, open, service, workload, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { EchoSockets, SocketClient } from '../support/web-socket.ts';

const upstream = await RecordingUpstream.start('upstream');
const sockets = await EchoSockets.start();
const parrot = await ParrotServer.start();

const GRAFANA_HEADERS = {
  user: 'X-Webauth-User',
  email: 'X-Webauth-Email',
  groups: 'X-Webauth-Groups',
  name: 'X-Webauth-Name',
};

function telling(name: string, identityAssertion: object, spec: object = {}, url = upstream.url): Document {
  return service(name, { config: { upstream: { url }, http: { identityAssertion } }, ...spec });
}

const RESOURCES = yaml(
  ALLOW_ALL,
  group('staff'),
  group('admins'),
  workload('robot', { groups: ['staff', 'admins'] }),
  telling('plain', {}),
  telling('grafana', { headers: GRAFANA_HEADERS, header: 'X-Jwt-Assertion' }),
  telling('curved', { algorithm: 'ES256', audience: 'urn:curved', lifetime: '30s' }),
  telling('chat', {}, {}, sockets.url),
  telling('rpc', { headers: { user: 'X-Webauth-User' } }, { mode: 'GRPC' }, `grpc://127.0.0.1:${parrot.port}`),
  open('public', upstream.url),
  telling('anonymous', { headers: { user: 'Remote-User' } }, { isAnonymous: true }),
);

const gateway = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES }, args: ['--workers', '2'] });
const token = await gateway.token('robot');

const AUTH_ORIGIN = `https://${DOMAIN}`;

/** Reads the published keys as a verifier does, by the address of the auth host. */
function keysOf(process: GatewayProcess): ReturnType<typeof createRemoteJWKSet> {
  return createRemoteJWKSet(new URL(`${AUTH_ORIGIN}/.well-known/jwks.json`), {
    [customFetch]: async (url) => {
      const { status, body } = await process.ask(DOMAIN, new URL(url).pathname);
      return new Response(body, { status });
    },
  });
}

const keys = keysOf(gateway);

function headerOf(name: string): string {
  const value = upstream.last.headers[name];
  assert.equal(typeof value, 'string', `${name} is ${value}`);
  return value as string;
}

function verify(assertion: string, audience: string, set = keys): Promise<JWTVerifyResult> {
  return jwtVerify(assertion, set, { issuer: AUTH_ORIGIN, audience, typ: 'JWT', algorithms: ['EdDSA', 'ES256'] });
}

test('an upstream verifies who asks, with the published keys', async () => {
  assert.equal((await gateway.ask('plain', '/', { headers: bearer(token) })).status, 200);
  const { payload, protectedHeader } = await verify(headerOf('x-ostiary-assertion'), `https://plain.${DOMAIN}`);
  assert.equal(protectedHeader.alg, 'EdDSA');
  const { sub, groups, sid, iat, exp, jti, email, ...more } = payload;
  assert.deepEqual({ sub, groups, email }, { sub: 'robot', groups: ['staff', 'admins'], email: undefined });
  assert.equal(exp! - iat!, 60);
  assert.ok(typeof sid === 'string' && typeof jti === 'string');
  assert.deepEqual(Object.keys(more).sort(), ['aud', 'iss']);
});

test('ES256, another audience and another life', async () => {
  await gateway.ask('curved', '/', { headers: bearer(token) });
  const { payload, protectedHeader } = await verify(headerOf('x-ostiary-assertion'), 'urn:curved');
  assert.equal(protectedHeader.alg, 'ES256');
  assert.equal(payload.exp! - payload.iat!, 30);
});

test('an assertion for one Service is none for another', async () => {
  await gateway.ask('plain', '/', { headers: bearer(token) });
  await assert.rejects(verify(headerOf('x-ostiary-assertion'), `https://grafana.${DOMAIN}`), /"aud"/);
});

test('the key set has public keys only, may be cached shortly, and is on the auth host alone', async () => {
  const { headers, body } = await gateway.ask(DOMAIN, '/.well-known/jwks.json');
  assert.equal(headers['cache-control'], 'public, max-age=300');
  const { keys: listed } = JSON.parse(body) as { keys: Record<string, unknown>[] };
  assert.deepEqual(listed.map(({ alg }) => alg).sort(), ['ES256', 'EdDSA']);
  for (const key of listed) {
    assert.deepEqual(
      Object.keys(key).filter((member) => ['d', 'k', 'p', 'q'].includes(member)),
      [],
    );
  }
  assert.equal((await gateway.ask(DOMAIN, '/.well-known/jwks.json', { method: 'HEAD' })).status, 200);
  assert.equal((await gateway.ask(DOMAIN, '/.well-known/jwks.json', { method: 'POST' })).status, 405);
  assert.notEqual((await gateway.ask('plain', '/.well-known/jwks.json')).status, 200);
});

test('an app that trusts X-Webauth-User is told it, and nobody else can tell it', async () => {
  const spoofed = {
    'X-Webauth-User': 'admin',
    'x-webauth_user': 'admin',
    X_WEBAUTH_USER: 'admin',
    'x.webauth.user': 'admin',
    "x'webauth'user": 'admin',
    'X-Webauth-Groups': ['admins', 'root'],
    'X-Webauth-Email': 'admin@example.com',
    'X-Jwt-Assertion': 'e30.e30.',
    'X-Ostiary-Assertion': 'e30.e30.',
    'Remote-User': 'admin',
    connection: 'X-Webauth-User, X-Jwt-Assertion, keep-alive',
  };
  await gateway.ask('grafana', '/', { headers: { ...spoofed, ...bearer(token) } });
  assert.deepEqual(identityFields(), {
    'x-jwt-assertion': headerOf('x-jwt-assertion'),
    'x-webauth-groups': 'staff,admins',
    'x-webauth-user': 'robot',
  });
  await verify(headerOf('x-jwt-assertion'), `https://grafana.${DOMAIN}`);
  for (const host of ['public', 'anonymous']) {
    assert.equal((await gateway.ask(host, '/', { headers: spoofed })).status, 200);
    assert.deepEqual(identityFields(), {}, host);
  }
});

/** What the upstream could take for somebody's identity. */
function identityFields(): Record<string, unknown> {
  const entries = Object.entries(upstream.last.headers).filter(([name]) => /webauth|assertion|remote/.test(name));
  return Object.fromEntries(entries.sort());
}

test('an upstream that shows what it was sent does not give the assertion to the browser', async () => {
  const echo = await RecordingUpstream.start('echo', {
    answer: ({ headers }, response) =>
      response.writeHead(200, { 'x-ostiary-assertion': headers['x-ostiary-assertion'] ?? '', 'x-kept': '1' }).end(),
  });
  const other = await GatewayProcess.start({
    files: { 'all.yaml': yaml(ALLOW_ALL, workload('robot'), telling('echo', {}, {}, echo.url)) },
  });
  const { headers } = await other.ask('echo', '/', { headers: bearer(await other.token('robot')) });
  assert.equal(headers['x-kept'], '1');
  assert.equal(headers['x-ostiary-assertion'], undefined);
  assert.ok(echo.last.headers['x-ostiary-assertion']);
});

test('WebSockets and gRPC calls carry it too', async () => {
  const client = await SocketClient.open(gateway.port, {
    host: `chat.${DOMAIN}`,
    headers: { ...bearer(token), 'X-Ostiary-Assertion': 'spoofed' },
  });
  client.send('hello');
  assert.equal(await client.next(), 'hello');
  const { payload } = await verify(
    String(sockets.handshakes.at(-1)!.headers['x-ostiary-assertion']),
    `https://chat.${DOMAIN}`,
  );
  assert.equal(payload.sub, 'robot');

  const rpc = new ParrotClient(gateway.port, `rpc.${DOMAIN}`);
  const said = await rpc.say({ text: 'a' }, metadataOf({ ...bearer(token), 'x-webauth-user': 'admin' }));
  assert.ok(!isError(said));
  assert.deepEqual(parrot.last.get('x-webauth-user'), ['robot']);
  await verify(String(parrot.last.get('x-ostiary-assertion')[0]), `https://rpc.${DOMAIN}`);
});

test('a person is told by name and e-mail address', async () => {
  const world = await SignInWorld.start(yaml(ALLOW_ALL, telling('grafana', { headers: GRAFANA_HEADERS })), [
    '--workers',
    '2',
  ]);
  const browser = await world.signedIn(world.url('grafana'));
  await browser.get(world.url('grafana'));
  const { payload } = await verify(headerOf('x-ostiary-assertion'), `https://grafana.${DOMAIN}`, keysOf(world.gateway));
  assert.equal(payload.email, 'alice@example.com');
  assert.equal(headerOf('x-webauth-email'), 'alice@example.com');
  assert.equal(headerOf('x-webauth-user'), 'alice');
});

test('keys are rotated under load: published first, signing later, and every assertion verifies', async () => {
  const before = await kids(gateway);
  const asked = Array.from({ length: 200 }, async () => {
    const { body } = await gateway.ask('plain', '/', { headers: bearer(token) });
    await verify(JSON.parse(body).headers['x-ostiary-assertion'], `https://plain.${DOMAIN}`);
  });
  assert.match(await gateway.command(['keys', 'rotate']), /^new signing keys are published and sign from 20\d\d-/m);
  await Promise.all(asked);
  const after = await kids(gateway);
  assert.equal(after.length, before.length + 2);
  await gateway.ask('plain', '/', { headers: bearer(token) });
  assert.ok(
    before.includes(decodeProtectedHeader(headerOf('x-ostiary-assertion')).kid!),
    'the new key signs too early',
  );
});

async function kids(process: GatewayProcess): Promise<string[]> {
  const sets = await Promise.all(Array.from({ length: 8 }, () => process.ask(DOMAIN, '/.well-known/jwks.json')));
  const [first, ...others] = sets.map(({ body }) => JSON.parse(body).keys.map(({ kid }: { kid: string }) => kid));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

test('the switch itself: the former key stays published, and both survive a restart', async () => {
  const data = join(temporaryDirectory(), 'data');
  mkdirSync(data, { mode: 0o700 });
  const [former, next] = await ringThatSwitchesIn(1_000, data);
  const options = { files: { 'all.yaml': RESOURCES }, data, args: ['--workers', '2'] };
  const switching = await GatewayProcess.start(options);
  const own = await switching.token('robot');
  const set = keysOf(switching);
  const seen = new Set<string>();
  const deadline = Date.now() + 20_000;
  while (!seen.has(next) && Date.now() < deadline) {
    const { body } = await switching.ask('plain', '/', { headers: bearer(own) });
    const assertion = JSON.parse(body).headers['x-ostiary-assertion'];
    seen.add((await verify(assertion, `https://plain.${DOMAIN}`, set)).protectedHeader.kid!);
  }
  assert.ok(seen.has(next));
  const published = await kids(switching);
  assert.ok(published.includes(former) && published.includes(next));
  assert.equal(await switching.stop(), 0);
  assert.deepEqual(await kids(await switching.again()), published);
});

/** A data directory with Ed25519 keys of which the second begins to sign in so many milliseconds. */
async function ringThatSwitchesIn(ms: number, data: string): Promise<[former: string, next: string]> {
  await using stack = new AsyncDisposableStack();
  const clock = { now: () => Date.now() - PUBLISHED_AHEAD_MS + ms, monotonic: () => 0 };
  const state = openState(data, stack);
  const supply = await openSigningKeys({ state, clock, changed: async () => {}, warn: assert.fail }, stack);
  await supply.rotate();
  const [former, next] = supply.keys.published(clock.now()).filter(({ alg }) => alg === 'EdDSA');
  return [former!.kid, next!.kid];
}

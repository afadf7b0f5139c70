import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import type { Answer } from '../../support/http-client.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, policy, service, workload, yaml } from '../../support/resources.ts';
import { EchoSockets, SocketClient } from '../../support/web-socket.ts';

const upstream = await RecordingUpstream.start('upstream');
const sockets = await EchoSockets.start();
const KEY = 'partner-key-0123456789';
const secret = (name: string, value: string): Document => ({
  kind: 'Secret',
  metadata: { name },
  spec: {},
  data: { value },
});
const EVERYBODY = { matchAny: true };

function keyed(name: string, config: object, more: object = {}, spec: object = {}, http: object = {}): Document {
  const plugins = [{ name: 'keys', phase: 'PRE_AUTH', condition: EVERYBODY, apiKey: config, ...more }];
  const identityAssertion = { headers: { user: 'X-Webauth-User' } };
  return service(name, {
    config: { upstream: { url: upstream.url }, http: { plugins, identityAssertion, ...http } },
    ...spec,
  });
}

const keys = [
  { user: 'partner', key: { fromSecret: 'partner-key' } },
  { user: 'other', key: { fromSecret: 'missing-key' } },
  { user: 'other', key: { fromSecret: 'short-key' } },
];
const inHeader = { header: 'X-Api-Key', keys };

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      secret('partner-key', KEY),
      secret('short-key', 'short'),
      workload('partner'),
      workload('other'),
      workload('ours'),
      policy('by-claim', {
        effect: 'DENY',
        condition: { not: 'ctx.session.status.authentication.info.external.claims.key == "partner-key"' },
      }),
      keyed('api', inHeader),
      keyed('passing', inHeader, {}, {}, { header: { authorizationMode: 'PASS' } }),
      keyed('listed', { ...inHeader, refusesOurAccessTokens: true }),
      keyed('query', { queryParameterThatOthersMayLog: 'api_key', keys }),
      keyed('sometimes', inHeader, { condition: { match: 'ctx.request.http.path.startsWith("/machine")' } }),
      keyed('off', inHeader, { isDisabled: true }),
      keyed('claims', inHeader, {}, { authorization: { policies: ['by-claim'] } }),
    ),
  },
});
const token = await gateway.token('ours');

const chat = (keysOfChat: readonly object[]): string => {
  const more = { condition: { match: 'ctx.request.http.path == "/chat"' } };
  const made = keyed('chat', { header: 'X-Api-Key', keys: keysOfChat }, more);
  const config = { ...(made.spec.config as object), upstream: { url: sockets.url } };
  return yaml({ ...made, spec: { ...made.spec, config } });
};

/** The user that the upstream was told, or the refusal. */
function who({ status, reason, body }: Answer): string {
  return status === 200 ? String(JSON.parse(body).headers['x-webauth-user']) : `${status} ${reason}`;
}
const shows = async (host: string, headers: Readonly<Record<string, string | readonly string[]>>, path = '/') =>
  who(await gateway.ask(host, path, { headers }));

test('a listed key makes its User act, and is not passed on', async () => {
  assert.equal(await shows('api', { 'x-api-key': KEY }), 'partner');
  assert.equal(upstream.last.headers['x-api-key'], undefined);
  assert.equal(await shows('claims', { 'x-api-key': KEY }), 'partner');
});

test('an access token of ours is a key, unless that is refused', async () => {
  assert.equal(await shows('api', { 'x-api-key': token }), 'ours');
  assert.equal(upstream.last.headers['x-api-key'], undefined);
  assert.equal(await shows('listed', { 'x-api-key': token }), '401 credentials-invalid');
  assert.equal(await shows('listed', bearer(token)), 'ours');
  assert.equal(await shows('api', { 'x-api-key': 'ost_at_made-up' }), '401 token-invalid');
});

for (const [what, headers] of Object.entries({
  'a wrong key': { 'x-api-key': `${KEY}x` },
  'an empty key': { 'x-api-key': '' },
  'a key whose Secret is too short': { 'x-api-key': 'short' },
  'two keys': { 'x-api-key': [KEY, KEY] },
  'a right and a wrong key': { 'x-api-key': [KEY, 'wrong'] },
  'the name of a Secret': { 'x-api-key': 'partner-key' },
})) {
  test(`${what} is refused, whatever else is shown`, async () => {
    const received = upstream.received.length;
    assert.equal(await shows('api', headers), '401 credentials-invalid');
    assert.equal(await shows('api', { ...headers, ...bearer(token) }), '401 credentials-invalid');
    assert.equal(upstream.received.length, received);
  });
}

test('the log says which Secret can be no key, and nothing of what was shown', async () => {
  const { requestId } = await gateway.ask('api', '/', { headers: { 'x-api-key': 'short' } });
  const { detail } = await gateway.logged((entry) => entry.requestId === requestId);
  assert.equal(detail, 'keys: it is none of the keys; the Secret "missing-key" is missing, or shorter than 16 bytes');
});

test('without a key the other ways to be identified count', async () => {
  assert.equal(await shows('api', {}), '401 unauthenticated');
  assert.equal(await shows('api', bearer(token)), 'ours');
  assert.equal(await shows('api', { 'x-ostiary-auth': token, 'x-api-key': KEY }), 'ours');
  assert.equal(upstream.last.headers['x-api-key'], undefined);
});

test('what the client shows beside the key is passed on where the Service says so', async () => {
  assert.equal(await shows('passing', { 'x-api-key': KEY, authorization: 'Bearer of-the-upstream' }), 'partner');
  assert.equal(upstream.last.headers.authorization, 'Bearer of-the-upstream');
});

test('a key in the query, which the upstream does not see however it is spelled', async () => {
  assert.equal(await shows('query', {}, `/a?x=1&api_key=${KEY}&y=%zz`), 'partner');
  assert.equal(upstream.last.url, '/a?x=1&y=%zz');
  assert.equal(await shows('query', {}, `/a?api%5Fkey=${KEY}`), 'partner');
  assert.equal(upstream.last.url, '/a');
  assert.equal(await shows('query', {}, `/a?api_key=${KEY}&api_key=x`), '401 credentials-invalid');
  assert.equal(await shows('query', bearer(token), '/a?API_KEY=other'), 'ours');
  assert.equal(upstream.last.url, '/a?API_KEY=other');
  assert.ok(!gateway.stdout.includes(KEY));
});

test('the condition says where keys count; they stay out of every upstream', async () => {
  assert.equal(await shows('sometimes', { 'x-api-key': KEY }, '/machine/a'), 'partner');
  assert.equal(await shows('sometimes', { 'x-api-key': KEY }, '/people'), '401 unauthenticated');
  assert.equal(await shows('sometimes', { 'x-api-key': KEY, ...bearer(token) }, '/people'), 'ours');
  assert.equal(upstream.last.headers['x-api-key'], undefined);
  assert.equal(await shows('off', { 'x-api-key': KEY }), '401 unauthenticated');
});

test('what is open is judged by the key again, and ends when that is none any more', async () => {
  await gateway.write('chat.yaml', chat([keys[0]!]));
  const host = `chat.${DOMAIN}`;
  const open = (path: string) => SocketClient.open(gateway.port, { host, path, headers: { 'x-api-key': KEY } });
  await assert.rejects(open('/other'));
  const client = await open('/chat');
  client.send('hello');
  assert.equal(String(await client.next()), 'hello');
  await gateway.write('chat.yaml', chat([keys[0]!, keys[1]!]));
  client.send('again');
  assert.equal(String(await client.next()), 'again');
  await gateway.write('chat.yaml', chat([keys[1]!]));
  await client.ended();
});

test('on a Service that lets everybody in, keys would protect nothing, so that is refused', async () => {
  const said = await mistakesIn(yaml(keyed('wrong', { header: 'X-Api-Key' }, {}, { isAnonymous: true })));
  assert.match(said, /services\.yaml:\d+:\d+.*lets everybody in/);
});

for (const [config, more, message] of [
  [{ header: 'Authorization' }, {}, /means something else already/],
  [{ header: 'X-Ostiary-Auth' }, {}, /means something else already|services\.yaml/],
  [{ header: 'X-Api-Key', refusesOurAccessTokens: true }, {}, /nobody has a key/],
  [{ header: 'X-Api-Key' }, { phase: 'POST_AUTH' }, /set phase: PRE_AUTH/],
  [{ header: 'X-Api-Key', queryParameterThatOthersMayLog: 'k' }, {}, /exactly one|only one/],
  [{}, {}, /header/],
  [{ header: 'X-Api-Key', keys: [{ user: 'nobody-here', key: { fromSecret: 'k' } }] }, {}, /nobody-here/],
] as const) {
  test(`is refused with its place: ${JSON.stringify({ ...config, ...more })}`, async () => {
    const said = await mistakesIn(yaml(keyed('wrong', config, more)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

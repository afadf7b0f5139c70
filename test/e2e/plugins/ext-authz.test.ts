import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status as grpcStatus, ServerCredentials } from '@grpc/grpc-js';
import { TestAuthority } from '../../support/certificates.ts';
import { ExtAuthzServer } from '../../support/ext-authz-server.ts';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { isError, ParrotClient, ParrotServer } from '../../support/grpc-parrot.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, open, service, workload, yaml } from '../../support/resources.ts';

const authority = new TestAuthority();
const pair = authority.server({ dns: ['localhost'] });
const pem = { private_key: Buffer.from(pair.key), cert_chain: Buffer.from(pair.cert) };
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ headers }, response) => {
    response.writeHead(200, { 'x-upstream': 'yes', 'set-cookie': 'upstream=1' }).end(JSON.stringify(headers));
  },
});
const parrot = await ParrotServer.start();
const server = await ExtAuthzServer.start();
const tls = await ExtAuthzServer.start(ServerCredentials.createSsl(null, [pem]));

const EVERYTHING = { matchAny: true };
const url = `grpc://127.0.0.1:${server.port}`;
const http = (config: object) => ({ plugins: [{ name: 'ask', condition: EVERYTHING, extAuthz: { url, ...config } }] });
const asking = (name: string, config: object = {}): Document => open(name, upstream.url, {}, http(config));
const overTls = `https://localhost:${tls.port}`;

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      asking('api', { contextExtensions: { tenant: 'a' } }),
      asking('chosen', { requestHeaders: ['X-Chosen'] }),
      asking('slow', { timeout: '200ms' }),
      asking('gone', { url: 'grpc://127.0.0.1:1' }),
      asking('no-grpc', { url: upstream.url }),
      asking('trusted', { url: overTls, trustedCAs: [authority.ca] }),
      asking('untrusted', { url: overTls }),
      service('known', { config: { upstream: { url: upstream.url }, http: http({}) } }),
      service('rpc', {
        mode: 'GRPC',
        isAnonymous: true,
        config: { upstream: { url: `grpc://127.0.0.1:${parrot.port}` }, http: http({}) },
      }),
    ),
  },
});
const token = await gateway.token('robot');

const YES = { code: 0 };
const NO = { code: 7 };
const set = (key: string, value: string, more: object = {}) => ({ header: { key, value }, ...more });

async function outcome(name: string, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const before = upstream.received.length;
  const { status, reason } = await gateway.ask(name, path, { headers });
  assert.equal(upstream.received.length, before + (status === 200 ? 1 : 0));
  return `${status} ${reason}`;
}

test('the question is that of an Envoy, without what proves to us who asks', async () => {
  server.answers({ status: YES });
  const cookie = 'a=1; ostiary-session=abc';
  const answer = await gateway.ask('api', '/a%20b?x=1', {
    method: 'PUT',
    body: 'four',
    headers: { cookie, 'x-a': 'é' },
  });
  assert.equal(answer.status, 200);
  const { source, destination, request, context_extensions } = server.last;
  assert.deepEqual(source.address, { socket_address: { address: '127.0.0.1' } });
  assert.deepEqual([destination.service, context_extensions], ['api', { tenant: 'a' }]);
  const { method, path, host, scheme, size, protocol, headers } = request.http;
  assert.deepEqual([method, path, scheme, size, protocol], ['PUT', '/a%20b?x=1', 'http', 4, 'HTTP/1.1']);
  assert.equal(host, `api.${DOMAIN}:${gateway.port}`);
  assert.deepEqual([headers.cookie, headers[':path'], headers[':method']], ['a=1', '/a%20b?x=1', 'PUT']);
  assert.equal(await outcome('known', '/', bearer(token)), '200 null');
  assert.equal(server.last.source.principal, 'robot');
  assert.ok(!JSON.stringify(server.last).includes(token));
});

test('only chosen headers are sent', async () => {
  assert.equal(await outcome('chosen', '/', { 'x-chosen': 'yes', 'x-other': 'no', cookie: 'a=1' }), '200 null');
  const names = Object.keys(server.last.request.http.headers).filter((name) => !name.startsWith(':'));
  assert.deepEqual(names, ['x-chosen']);
});

test('a yes changes headers towards the upstream and the client as it says', async () => {
  server.answers({
    status: YES,
    ok_response: {
      headers: [
        set('X-Role', 'reader'),
        set('x-tags', 'b', { append: { value: true } }),
        set('x-there', 'new', { append_action: 3 }),
        set('x-not-there', 'new', { append_action: 3 }),
        set('x-kept', 'new', { append_action: 1 }),
      ],
      headers_to_remove: ['X-Secret', 'host', ':path'],
      response_headers_to_add: [set('x-for-client', 'yes'), set('set-cookie', 'asked=1')],
    },
  });
  const sent = { 'x-role': 'admin', 'x-tags': 'a', 'x-there': 'old', 'x-kept': 'old', 'x-secret': 's' };
  const { status, headers, body } = await gateway.ask('api', '/', { headers: sent });
  assert.equal(status, 200);
  const seen = JSON.parse(body);
  assert.deepEqual([seen['x-role'], seen['x-tags'], seen['x-secret']], ['reader', 'a, b', undefined]);
  assert.deepEqual([seen['x-there'], seen['x-not-there'], seen['x-kept']], ['new', undefined, 'old']);
  assert.equal(headers['x-for-client'], 'yes');
  assert.deepEqual(headers['set-cookie'], ['upstream=1', 'asked=1']);
});

test('a no is passed on as it is said, without cookies of ours', async () => {
  const headers = [set('Location', 'https://login.example.com/'), set('set-cookie', 'a=1'), set('set-cookie', 'b=2')];
  const forged = [
    set('set-cookie', ' __host-ostiary-session=x'),
    set('content-length', '1'),
    set('x-bad', 'a\r\nb: c'),
  ];
  const denied_response = { status: { code: 302 }, headers: [...headers, ...forged], body: 'go there' };
  server.answers({ status: NO, denied_response });
  const answer = await gateway.ask('api');
  assert.deepEqual([answer.status, answer.reason, answer.body], [302, 'authorization-denied', 'go there']);
  assert.equal(answer.headers.location, 'https://login.example.com/');
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(answer.headers['x-bad'], undefined);
  server.answers({ status: NO });
  assert.equal(await outcome('api'), '403 authorization-denied');
  server.answers({ status: NO, ok_response: {} });
  assert.equal(await outcome('api'), '403 authorization-denied');
  server.answers({ status: NO, denied_response: { status: { code: 101 } } });
  assert.equal(await outcome('api'), '403 authorization-denied');
});

for (const [what, answer] of Object.entries({
  nothing: {},
  'a yes and a no': { status: YES, denied_response: { status: { code: 403 } } },
  'another query': { status: YES, ok_response: { query_parameters_to_set: [{ key: 'a', value: 'b' }] } },
  'less of the query': { status: YES, ok_response: { query_parameters_to_remove: ['a'] } },
  'another Host': { status: YES, ok_response: { headers: [set('host', 'other.example')] } },
  'a pseudo field': { status: YES, ok_response: { headers: [set(':path', '/admin')] } },
  'another length': { status: YES, ok_response: { headers: [set('content-length', '0')] } },
  'an injected line': { status: YES, ok_response: { headers: [set('x-a', 'a\r\nx-b: c')] } },
  'an assertion of ours': { status: YES, ok_response: { headers: [set('x-ostiary-auth', 'x')] } },
  'a session of ours': {
    status: YES,
    ok_response: { response_headers_to_add: [set('set-cookie', 'ostiary-session=x')] },
  },
})) {
  test(`a yes that brings ${what} is none`, async () => {
    server.answers(answer);
    assert.equal(await outcome('api', '/?a=1'), '503 authorization-unavailable');
  });
}

test('no connection, silence, an error, no gRPC, a large answer and a certificate of nobody are no permission', async () => {
  assert.equal(await outcome('gone'), '503 authorization-unavailable');
  assert.equal(await outcome('no-grpc'), '503 authorization-unavailable');
  server.says = () => {};
  assert.equal(await outcome('slow'), '503 authorization-unavailable');
  server.says = (done) => done({ code: grpcStatus.PERMISSION_DENIED, details: 'no' }, null);
  assert.equal(await outcome('api'), '503 authorization-unavailable');
  server.answers({ status: { code: 0, message: 'x'.repeat(100_000) } });
  assert.equal(await outcome('api'), '503 authorization-unavailable');
  assert.equal(await outcome('untrusted'), '503 authorization-unavailable');
  assert.equal(tls.asked.length, 0);
  assert.equal(await outcome('trusted'), '200 null');
});

test('callers of gRPC get its status', async () => {
  const client = new ParrotClient(gateway.port, `rpc.${DOMAIN}`);
  server.answers({ status: YES });
  assert.ok(!isError(await client.say({ text: 'a' })));
  assert.equal(server.last.request.http.path, '/test.v1.Parrot/Say');
  server.answers({ status: NO });
  const denied = await client.say({ text: 'a' });
  assert.equal(isError(denied) ? denied.code : 0, grpcStatus.PERMISSION_DENIED);
});

for (const [config, message] of [
  [{ url: 'ftp://a' }, /scheme/],
  [{ url: 'grpc://a' }, /port/],
  [{ timeout: '2m' }, /more than 30s/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(asking('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

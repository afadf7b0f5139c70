import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { status as grpcStatus, ServerCredentials } from '@grpc/grpc-js';
import { TestAuthority } from '../../support/certificates.ts';
import { type Call, ExtProcServer, type Part, replies, type Says } from '../../support/ext-proc-server.ts';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { isError, ParrotClient, ParrotServer } from '../../support/grpc-parrot.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, open, service, workload, yaml } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { EchoSockets, SocketClient } from '../../support/web-socket.ts';

const authority = new TestAuthority();
const pair = authority.server({ dns: ['localhost'] });
const pem = { private_key: Buffer.from(pair.key), cert_chain: Buffer.from(pair.cert) };
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ method, url, headers, body }, response) => {
    if (url.startsWith('/long')) response.writeHead(200).end('x'.repeat(5_000));
    else if (url.startsWith('/gzip')) response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('zipped'));
    else if (url.startsWith('/empty')) response.writeHead(204).end();
    else if (url.startsWith('/cut'))
      response.writeHead(200, { 'content-length': 10 }).end('cut', () => response.destroy());
    else response.writeHead(200, { 'x-upstream': 'yes' }).end(JSON.stringify({ method, url, headers, body }));
  },
});
const parrot = await ParrotServer.start();
const sockets = await EchoSockets.start();
const server = await ExtProcServer.start();
const tls = await ExtProcServer.start(ServerCredentials.createSsl(null, [pem]));

const EVERYTHING = { matchAny: true };
const BODIES = { requestBodyMode: 'BUFFERED', responseBodyMode: 'BUFFERED' };
const address = `127.0.0.1:${server.port}`;
const overTls = `https://localhost:${tls.port}`;
const http = (config: object) => ({
  plugins: [{ name: 'proc', condition: EVERYTHING, extProc: { address, messageTimeout: '5s', ...config } }],
});
const processed = (name: string, config: object = {}, url = upstream.url): Document =>
  open(name, url, {}, http(config));
const modes = (name: string, processingMode: object): Document => processed(name, { processingMode });
const PASSES = { passUnprocessedWhenTheProcessorIsUnavailable: true };

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      processed('heads'),
      processed('bodies', { processingMode: BODIES, maxSize: 4_000 }),
      modes('request-head', { responseHeaderMode: 'SKIP' }),
      modes('response-head', { requestHeaderMode: 'SKIP' }),
      modes('request-body', { requestHeaderMode: 'SKIP', responseHeaderMode: 'SKIP', requestBodyMode: 'BUFFERED' }),
      modes('response-body', { requestHeaderMode: 'SKIP', responseHeaderMode: 'SKIP', responseBodyMode: 'BUFFERED' }),
      modes('request', { requestBodyMode: 'BUFFERED', responseHeaderMode: 'SKIP' }),
      processed('overridable', { allowModeOverride: true }),
      processed('slow', { messageTimeout: '150ms' }),
      processed('slow-open', { messageTimeout: '150ms', ...PASSES }),
      processed('gone', { address: 'grpc://127.0.0.1:1' }),
      processed('gone-open', { address: '127.0.0.1:1', ...PASSES }),
      processed('no-grpc', { address: upstream.url }),
      processed('trusted', { address: overTls, trustedCAs: [authority.ca] }),
      processed('untrusted', { address: overTls }),
      processed('tunnel', { processingMode: BODIES }, sockets.url),
      service('known', { config: { upstream: { url: upstream.url }, http: http({}) } }),
      service('told', {
        config: {
          upstream: { url: upstream.url },
          http: { ...http({}), identityAssertion: { headers: { user: 'X-Who' } } },
        },
      }),
      service('rpc', {
        mode: 'GRPC',
        isAnonymous: true,
        config: { upstream: { url: `grpc://127.0.0.1:${parrot.port}` }, http: http({ processingMode: BODIES }) },
      }),
    ),
    'changing.yaml': yaml(processed('changing')),
  },
});
const token = await gateway.token('robot');

const header = (key: string, value: string, more: object = {}) => ({
  header: { key, raw_value: Buffer.from(value, 'latin1') },
  ...more,
});
const changes = (...set_headers: readonly object[]) => ({ response: { header_mutation: { set_headers } } });
const body = (text: string, more: object = {}) => ({
  response: { body_mutation: { body: Buffer.from(text) }, ...more },
});

async function asked(name: string, path = '/', more: Parameters<GatewayProcess['ask']>[2] = {}) {
  server.forget();
  const before = upstream.received.length;
  const answer = await gateway.ask(name, path, more);
  return { ...answer, outcome: `${answer.status} ${answer.reason}`, isForwarded: upstream.received.length > before };
}

for (const [name, parts] of Object.entries<readonly Part[]>({
  heads: ['request_headers', 'response_headers'],
  bodies: ['request_headers', 'request_body', 'response_headers', 'response_body'],
  'request-head': ['request_headers'],
  'response-head': ['response_headers'],
  'request-body': ['request_body'],
  'response-body': ['response_body'],
})) {
  test(`the processor of ${name} is sent that and nothing else, and the stream ends`, async () => {
    server.says = replies({});
    const { status, body: text } = await asked(name, '/', { method: 'POST', body: 'sent' });
    assert.equal(status, 200);
    assert.deepEqual([server.parts, JSON.parse(text).body], [parts, 'sent']);
    await until('the end of the stream', () => server.open === 0);
  });
}

test('the processor sees what the upstream would get, without what proves to us who asks', async () => {
  server.says = replies({});
  const headers = { 'x-a': 'é', cookie: 'a=1', ...bearer(token) };
  assert.equal((await asked('known', '/a%20b?x=1', { method: 'PUT', body: 'four', headers })).outcome, '200 null');
  const head = server.head('request_headers');
  assert.deepEqual(
    [head[':method'], head[':path'], head[':scheme'], head.cookie],
    ['PUT', '/a%20b?x=1', 'http', 'a=1'],
  );
  assert.equal(head[':authority'], `known.${DOMAIN}:${gateway.port}`);
  assert.equal(head['x-a'], 'é');
  assert.ok(!JSON.stringify(head).includes(token));
  assert.deepEqual(
    [server.head('response_headers')[':status'], server.asked[0]?.protocol_config !== undefined],
    ['200', true],
  );
});

test('a message without a body is said to be all, and no body is sent', async () => {
  server.says = replies({});
  assert.equal((await asked('bodies', '/empty')).status, 204);
  assert.deepEqual(server.parts, ['request_headers', 'response_headers']);
  assert.ok(
    server.asked.every(({ request_headers, response_headers }) => (request_headers ?? response_headers)?.end_of_stream),
  );
});

test('headers are set, appended and removed on both ways, and the path and the status with them', async () => {
  server.says = replies({
    request_headers: {
      request_headers: {
        response: {
          header_mutation: {
            set_headers: [
              header('X-Role', 'reader'),
              header('x-tags', 'b', { append: { value: true } }),
              header('x-there', 'new', { append_action: 3 }),
              header('x-kept', 'new', { append_action: 1 }),
              header(':path', '/other?y=2'),
            ],
            remove_headers: ['X-Secret'],
          },
          clear_route_cache: true,
        },
      },
    },
    response_headers: { response_headers: changes(header('x-for-client', 'é'), header(':status', '207')) },
  });
  const sent = { 'x-role': 'admin', 'x-tags': 'a', 'x-kept': 'old', 'x-secret': 's' };
  const answer = await asked('heads', '/?x=1', { headers: sent });
  const { url, headers } = JSON.parse(answer.body);
  assert.deepEqual([headers['x-role'], headers['x-tags'], headers['x-secret']], ['reader', 'a, b', undefined]);
  assert.deepEqual([headers['x-there'], headers['x-kept'], url], [undefined, 'old', '/other?y=2']);
  assert.deepEqual([answer.status, answer.headers['x-for-client']], [207, 'é']);
});

test('what a processor may not change stays as it is: where requests go, framing, what the gateway says', async () => {
  const names = ['host', ':authority', ':scheme', ':method', 'content-length', 'transfer-encoding', 'connection'];
  const ours = ['x-forwarded-for', 'x-ostiary-auth', 'X_Ostiary-User', 'x-request-id', 'x-envoy-original-path'];
  const forged = [...names, ...ours].map((name) => header(name, '1'));
  const removal = {
    response: { header_mutation: { remove_headers: ['host', ':path', 'x-forwarded-for', 'content-length'] } },
  };
  server.says = replies({
    request_headers: {
      request_headers: { response: { header_mutation: { ...removal.response.header_mutation, set_headers: forged } } },
    },
    response_headers: { response_headers: changes(...forged, header('set-cookie', '__Host-ostiary-session=x')) },
  });
  const answer = await asked('heads', '/', { method: 'POST', body: 'four' });
  const { method, url, headers } = JSON.parse(answer.body);
  assert.deepEqual([method, url, headers['content-length']], ['POST', '/', '4']);
  assert.deepEqual(
    [headers['x-forwarded-for'], headers['x-ostiary-auth'], headers['x-envoy-original-path']],
    [undefined, undefined, undefined],
  );
  assert.ok(!Object.keys(headers).some((name) => name.includes('_')));
  assert.equal(answer.headers['set-cookie'], undefined);
});

test('no processor says who asks, in whatever spelling', async () => {
  const forged = ['x-who', 'X_Who', 'x.who'].map((name) => header(name, 'admin'));
  server.says = replies({ request_headers: { request_headers: changes(...forged) } });
  const { headers } = JSON.parse((await asked('told', '/', { headers: bearer(token) })).body);
  assert.deepEqual([headers['x-who'], headers.x_who, headers['x.who']], ['robot', undefined, undefined]);
});

test('bodies are replaced and cleared, with the length that goes with that', async () => {
  server.says = replies({
    request_body: { request_body: body('longer than before') },
    response_body: { response_body: body('short') },
  });
  const answer = await asked('bodies', '/', { method: 'POST', body: 'sent' });
  assert.deepEqual([server.body('request_body'), upstream.last.body], ['sent', 'longer than before']);
  assert.equal(upstream.last.headers['content-length'], '18');
  assert.deepEqual([answer.body, answer.headers['content-length']], ['short', '5']);
  const cleared = { response: { body_mutation: { clear_body: true } } };
  server.says = replies({ request_body: { request_body: cleared }, response_body: { response_body: cleared } });
  assert.equal((await asked('bodies', '/', { method: 'POST', body: 'sent' })).body, '');
  assert.equal(upstream.last.body, '');
});

test('a compressed body is sent as it is', async () => {
  let seen = '';
  server.says = (call, part, { response_body }) => {
    if (response_body !== undefined) seen = gunzipSync(response_body.body).toString();
    call.write({ [part]: {} });
  };
  await asked('bodies', '/gzip');
  assert.equal(seen, 'zipped');
});

test('a body is replaced with the head, and is not sent then', async () => {
  const post = body('made up', { status: 1, header_mutation: { set_headers: [header(':method', 'POST')] } });
  server.says = replies({ request_headers: { request_headers: post } });
  const answer = await asked('bodies');
  const { method, body: text } = JSON.parse(answer.body);
  assert.deepEqual([method, text, server.parts[1]], ['POST', 'made up', 'response_headers']);
  server.says = replies({ request_headers: { request_headers: body('not said to replace') } });
  assert.equal(JSON.parse((await asked('bodies', '/', { method: 'POST', body: 'sent' })).body).body, 'sent');
});

test('the processor answers itself, before the upstream is asked and after it', async () => {
  const immediate_response = {
    status: { code: 451 },
    headers: { set_headers: [header('x-why', 'law')] },
    body: Buffer.from('not here'),
    details: 'by the court of X',
  };
  server.says = replies({ request_headers: { immediate_response } });
  const before = await asked('heads');
  assert.deepEqual(
    [before.outcome, before.body, before.headers['x-why'], before.isForwarded],
    ['451 processor-refused', 'not here', 'law', false],
  );
  const { detail } = await gateway.logged(({ reason }) => reason === 'processor-refused');
  assert.equal(detail, 'proc: it answered 451: by the court of X');
  for (const part of ['response_headers', 'response_body'] as const) {
    server.says = replies({ [part]: { immediate_response } });
    const after = await asked('bodies');
    assert.deepEqual([after.status, after.body, after.isForwarded], [451, 'not here', true]);
    assert.equal(after.headers['x-upstream'], undefined);
  }
  server.says = replies({
    request_headers: { immediate_response: { status: { code: 200 }, body: Buffer.from('cached') } },
  });
  const kept = await asked('heads');
  assert.deepEqual([kept.outcome, kept.body, kept.headers['content-type']], ['200 null', 'cached', 'text/plain']);
});

test('what is sent is changed by the processor where it may', async () => {
  const mode_override = { response_header_mode: 2, request_body_mode: 2 };
  server.says = replies({ request_headers: { request_headers: {}, mode_override } });
  await asked('overridable', '/', { method: 'POST', body: 'sent' });
  assert.deepEqual(server.parts, ['request_headers', 'request_body']);
  await asked('heads', '/', { method: 'POST', body: 'sent' });
  assert.deepEqual(server.parts, ['request_headers', 'response_headers']);
  server.says = replies({ request_headers: { request_headers: {}, mode_override: { request_body_mode: 1 } } });
  assert.equal((await asked('overridable')).outcome, '500 plugin-error');
});

test('a processor that ends the stream wants nothing more of the exchange', async () => {
  server.says = (call) => call.end();
  assert.equal((await asked('bodies', '/', { method: 'POST', body: 'sent' })).outcome, '200 null');
  assert.deepEqual(server.parts, ['request_headers']);
});

const unasked: Says = (call, part) => {
  call.write({ [part]: {} });
  call.write({ [part]: {} });
};
const many = Array.from({ length: 100_000 }, (_, i) => header(`x-${i}`, '1'));

for (const [what, says] of Object.entries<Says>({
  'answers about another part': (call) => call.write({ response_headers: {} }),
  'answers twice': unasked,
  'says nothing': (call) => call.write({}),
  'answers about trailers': (call) => call.write({ request_trailers: {} }),
  'sets 300 headers': replies({ request_headers: { request_headers: changes(...many.slice(0, 300)) } }),
  'removes 300 headers': replies({
    request_headers: {
      request_headers: {
        response: { header_mutation: { remove_headers: many.slice(0, 300).map(({ header: { key } }) => key) } },
      },
    },
  }),
  'sets a large header': replies({ request_headers: { request_headers: changes(header('x-a', 'x'.repeat(40_000))) } }),
  'injects a line': replies({ request_headers: { request_headers: changes(header('x-a', 'a\r\nx-b: c')) } }),
  'injects a line by a name': replies({ request_headers: { request_headers: changes(header('x-a: b\r\nx-c', 'd')) } }),
  'sets a path that leaves the Service': replies({
    request_headers: { request_headers: changes(header(':path', '/a/../admin')) },
  }),
  'sets a path with a line': replies({ request_headers: { request_headers: changes(header(':path', '/?a b')) } }),
  'streams a body': replies({
    request_headers: {
      request_headers: { response: { status: 1, body_mutation: { streamed_response: { body: Buffer.from('a') } } } },
    },
  }),
  'gives a body that is too large': replies({
    request_headers: { request_headers: body('x'.repeat(4_001), { status: 1 }) },
  }),
  'answers with a status that is none': replies({ request_headers: { immediate_response: { status: { code: 101 } } } }),
  'injects a line into its own answer': replies({
    request_headers: {
      immediate_response: { status: { code: 200 }, headers: { set_headers: [header('x-a', 'a\nb')] } },
    },
  }),
})) {
  test(`a processor that ${what} has its request refused`, async () => {
    server.says = says;
    const { outcome } = await asked('bodies', '/', { method: 'POST', body: 'sent' });
    assert.equal(outcome, '500 plugin-error');
    await until('the end of the stream', () => server.open === 0);
  });
}

for (const [what, says] of Object.entries<Says>({
  'answers about another part': (call, part) =>
    call.write({ [part === 'response_headers' ? 'request_headers' : part]: {} }),
  'injects a line': replies({ response_headers: { response_headers: changes(header('x-a', 'a\r\nx-b: c')) } }),
  'sets a status that is none': replies({ response_headers: { response_headers: changes(header(':status', '101')) } }),
  'gives a large body': replies({ response_body: { response_body: body('x'.repeat(4_001)) } }),
})) {
  test(`a processor that ${what} once the upstream has answered has that withheld`, async () => {
    server.says = says;
    const answer = await asked('bodies');
    assert.deepEqual(
      [answer.outcome, answer.isForwarded, answer.headers['x-upstream']],
      ['500 plugin-error', true, undefined],
    );
  });
}

test('bodies that are too large or cut off are not sent, and the request or answer is refused', async () => {
  server.says = replies({});
  assert.equal((await asked('bodies', '/', { method: 'POST', body: 'x'.repeat(4_001) })).outcome, '413 body-too-large');
  assert.equal((await asked('bodies', '/long')).outcome, '502 upstream-invalid');
  assert.equal((await asked('bodies', '/cut')).outcome, '502 upstream-invalid');
  await until('the end of the streams', () => server.open === 0);
});

test('no connection, silence, an error, no gRPC and a certificate of nobody are refused', async () => {
  assert.equal((await asked('gone')).outcome, '502 processor-unavailable');
  assert.equal((await asked('no-grpc')).outcome, '502 processor-unavailable');
  assert.equal((await asked('untrusted')).outcome, '502 processor-unavailable');
  assert.equal(tls.calls, 0);
  assert.equal((await asked('trusted')).outcome, '200 null');
  server.says = () => {};
  assert.equal((await asked('slow')).outcome, '504 processor-timeout');
  await until('the end of the stream', () => server.open === 0);
  server.says = (call, part) => (part === 'request_headers' ? call.write({ request_headers: {} }) : undefined);
  assert.equal((await asked('slow')).outcome, '504 processor-timeout');
  const fails = (call: Call) => void call.emit('error', { code: grpcStatus.INTERNAL, details: 'broken' });
  server.says = fails;
  assert.equal((await asked('heads')).outcome, '502 processor-unavailable');
  server.says = (call, part) => (part === 'request_headers' ? call.write({ request_headers: {} }) : fails(call));
  assert.equal((await asked('heads')).outcome, '502 processor-unavailable');
});

test('what is much larger than what was sent is refused before it is read', async () => {
  server.says = replies({ request_headers: { request_headers: changes(...many) } });
  assert.equal((await asked('heads')).outcome, '500 plugin-error');
  assert.equal((await asked('bodies')).outcome, '502 processor-unavailable');
});

test('one reply too many before the last question does not spare the body from being looked at', async () => {
  server.says = unasked;
  const answer = await asked('request', '/', { method: 'POST', body: 'sent' });
  assert.deepEqual([answer.outcome, answer.isForwarded], ['500 plugin-error', false]);
});

test('more time is not given because it is asked for', async () => {
  server.says = (call) => call.write({ override_message_timeout: { seconds: 60 } });
  assert.equal((await asked('slow')).outcome, '504 processor-timeout');
});

test('where that was asked for, requests pass a processor that is not there, and not one that breaks the protocol', async () => {
  assert.equal((await asked('gone-open')).outcome, '200 null');
  server.says = () => {};
  assert.equal((await asked('slow-open')).outcome, '200 null');
  server.says = unasked;
  assert.equal((await asked('slow-open')).outcome, '500 plugin-error');
});

test('a client that goes away ends the stream', async () => {
  server.says = () => {};
  server.forget();
  const leaving = httpRequest({ port: gateway.port, headers: { host: `heads.${DOMAIN}` } });
  leaving.on('error', () => {}).end();
  await until('the question', () => server.asked.length === 1);
  leaving.socket!.resetAndDestroy();
  await gateway.logged(({ reason }) => reason === 'client-gone');
  await until('the end of the stream', () => server.open === 0);
});

test('a tunnel has its heads processed, and what flows in it is left alone', async () => {
  server.says = replies({ request_headers: { request_headers: changes(header('x-role', 'reader')) } });
  server.forget();
  const socket = await SocketClient.open(gateway.port, { host: `tunnel.${DOMAIN}` });
  socket.send('hello');
  assert.equal(await socket.next(), 'hello');
  assert.deepEqual(server.parts, ['request_headers', 'response_headers']);
  socket.socket.close();
});

test('calls of gRPC have their heads processed, and are answered in its words', async () => {
  const client = new ParrotClient(gateway.port, `rpc.${DOMAIN}`);
  server.says = replies({ request_headers: { request_headers: changes(header('x-role', 'reader')) } });
  server.forget();
  assert.ok(!isError(await client.say({ text: 'a' })));
  assert.deepEqual([parrot.last.get('x-role'), server.parts], [['reader'], ['request_headers', 'response_headers']]);
  const immediate_response = { status: { code: 403 }, grpc_status: { status: 9 }, body: Buffer.from('not now') };
  for (const part of ['request_headers', 'response_headers'] as const) {
    server.says = replies({ [part]: { immediate_response } });
    const refused = await client.say({ text: 'a' });
    assert.deepEqual(isError(refused) && [refused.code, refused.details], [9, 'not now']);
  }
});

test('a configuration that is replaced leaves no stream behind, and the next one is served', async () => {
  server.says = replies({});
  assert.equal((await asked('changing')).outcome, '200 null');
  await gateway.write('changing.yaml', yaml(processed('changing', { maxSize: 100 })));
  assert.equal((await asked('changing')).outcome, '200 null');
  await until('the end of the streams', () => server.open === 0);
});

for (const [config, message] of [
  [{ address: 'ftp://a' }, /scheme "ftp"/],
  [{ address: 'host-alone' }, /needs a port/],
  [{ address: 'grpc://user:secret@host:1' }, /address/],
  [{ messageTimeout: '2m' }, /more than 30s/],
  [{ container: { image: 'a', port: 1 } }, /not implemented yet/],
  [{ processingMode: { requestHeaderMode: 'SKIP', responseHeaderMode: 'SKIP' } }, /sent nothing/],
  [{ processingMode: { requestBodyMode: 'STREAMED' } }, /requestBodyMode/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(processed('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
    assert.doesNotMatch(said, /secret@/);
  });
}

test('is refused before identification, where there is no request to change', async () => {
  const [plugin] = http({}).plugins;
  const said = await mistakesIn(yaml(open('wrong', upstream.url, {}, { plugins: [{ ...plugin, phase: 'PRE_AUTH' }] })));
  assert.match(said, /"extProc" is for requests that are allowed/);
});

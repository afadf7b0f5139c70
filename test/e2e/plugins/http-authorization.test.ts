import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { TestAuthority } from '../../support/certificates.ts';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { type Received, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, open, policy, service, workload, yaml } from '../../support/resources.ts';

/** What the service says to the next questions. */
let says: (response: ServerResponse, received: Received) => void = (response) => response.writeHead(200).end();
const answer = (status: number, headers: Readonly<Record<string, string | string[]>> = {}, body = '') => {
  says = (response) => response.writeHead(status, headers).end(body);
};

const upstream = await RecordingUpstream.start('upstream');
const authority = new TestAuthority();
const asked = await RecordingUpstream.start('asked', { answer: (received, response) => says(response, received) });
const tls = await RecordingUpstream.start('asked-tls', { tls: authority.server({ dns: ['localhost'] }) });
const gone = await RecordingUpstream.start('gone');
const goneUrl = gone.url;
await gone.close();

const EVERYTHING = { matchAny: true };
const plugins = (config: object, condition: object = EVERYTHING) => ({
  plugins: [{ name: 'ask', condition, httpAuthorization: config }],
});
const url = `${asked.url}/check?tenant=a`;
const asking = (name: string, config: object = {}, condition: object = EVERYTHING): Document =>
  open(name, upstream.url, {}, plugins({ url, ...config }, condition));
const overTls = { url: tls.url.replace('http://127.0.0.1', 'https://localhost') };

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      policy('no', { effect: 'DENY', condition: EVERYTHING }),
      asking('api', { upstreamHeaders: ['X-Role'], clientHeaders: ['WWW-Authenticate', 'Set-Cookie'] }),
      asking('chosen', { requestHeaders: ['X-Chosen'] }),
      asking('posts', { body: { eval: 'json.marshal({"path": ctx.request.http.path})' } }),
      asking('fails', { body: { eval: 'json.marshal({"a": ctx.request.http.headers["x-missing"]})' } }),
      asking('templates', {
        body: { liquid: '{"from": {{ ctx.request.http.headers["x-from"] | json }}, "role": "user"}' },
      }),
      asking('doubles', {
        body: { eval: '"{\\"from\\": \\"" + ctx.request.http.headers["x-from"] + "\\", \\"role\\": \\"user\\"}"' },
      }),
      asking(
        'some',
        { upstreamHeaders: ['X-Role', 'X-Key'], requestHeaders: ['X-Key'] },
        { match: 'ctx.request.http.path == "/guarded"' },
      ),
      asking('gone', { url: goneUrl }),
      asking('slow', { timeout: '200ms' }),
      asking('trusted', { ...overTls, trustedCAs: [authority.ca] }),
      asking('untrusted', overTls),
      service('known', { config: { upstream: { url: upstream.url }, http: plugins({ url }) } }),
      service('denied', {
        authorization: { policies: ['no'] },
        config: { upstream: { url: upstream.url }, http: plugins({ url }) },
      }),
    ),
  },
});
const token = await gateway.token('robot');

/** Status and reason, and that a refused request has not reached the upstream. */
async function outcome(name: string, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const before = upstream.received.length;
  const { status, reason } = await gateway.ask(name, path, { headers });
  assert.equal(upstream.received.length, before + (status === 200 ? 1 : 0));
  return `${status} ${reason}`;
}

test('it is asked about method, place, client and user, and not told what proves to us who asks', async () => {
  answer(200);
  const cookie = 'a=1; ostiary-session=abc';
  await gateway.ask('api', '/a%20b?x=1', {
    method: 'DELETE',
    headers: { cookie, authorization: 'Bearer of-the-upstream' },
  });
  const { method, url: path, headers } = asked.last;
  assert.deepEqual([method, path, headers.cookie], ['GET', '/check?tenant=a', 'a=1']);
  assert.equal(headers.authorization, 'Bearer of-the-upstream');
  assert.equal(headers['x-forwarded-method'], 'DELETE');
  assert.equal(headers['x-forwarded-uri'], '/a%20b?x=1');
  assert.match(String(headers['x-forwarded-host']), /^api\.gate\.localhost:/);
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-user'], undefined);
  assert.equal(await outcome('known', '/', bearer(token)), '200 null');
  assert.equal(asked.last.headers['x-forwarded-user'], 'robot');
  assert.ok(!JSON.stringify(asked.last).includes(token));
});

test('what the client says about itself is not what the service is told', async () => {
  answer(200);
  const forged = { 'x-forwarded-user': 'admin', 'x-forwarded-uri': '/public', 'x-forwarded-method': 'GET' };
  assert.equal(await outcome('api', '/secret', { ...forged, 'x-forwarded-for': '10.0.0.1' }), '200 null');
  const { headers } = asked.last;
  assert.deepEqual([headers['x-forwarded-user'], headers['x-forwarded-uri']], [undefined, '/secret']);
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
});

test('only chosen headers of the request are sent', async () => {
  answer(200);
  assert.equal(await outcome('chosen', '/', { 'x-chosen': 'yes', 'x-other': 'no', cookie: 'a=1' }), '200 null');
  const { headers } = asked.last;
  assert.deepEqual([headers['x-chosen'], headers['x-other'], headers.cookie], ['yes', undefined, undefined]);
});

test('chosen headers of its answer replace those of the client, also by nothing', async () => {
  answer(204, { 'x-role': 'reader', 'x-other': 'unasked' });
  assert.equal(await outcome('api', '/', { 'x-role': 'admin' }), '200 null');
  assert.deepEqual([upstream.last.headers['x-role'], upstream.last.headers['x-other']], ['reader', undefined]);
  answer(200);
  assert.equal(await outcome('api', '/', { 'x-role': 'admin' }), '200 null');
  assert.equal(upstream.last.headers['x-role'], undefined);
});

test('attack: what the service says to the upstream is not said by a client that it is not asked about', async () => {
  answer(200, { 'x-role': 'reader' });
  const forged = { 'x-role': 'admin', 'x-key': 'of the client' };
  assert.equal(await outcome('some', '/guarded', forged), '200 null');
  assert.deepEqual([asked.last.headers['x-key'], upstream.last.headers['x-role']], ['of the client', 'reader']);
  assert.equal(await outcome('some', '/open', { ...forged, X_Role: 'admin', 'x-Role': 'root' }), '200 null');
  assert.equal(upstream.last.headers['x-role'], undefined);
});

test('401 and 403 are passed on with chosen headers, without cookies of ours', async () => {
  const cookies = ['login=1', 'ostiary-session=forged', '__Host-ostiary-session=forged'];
  answer(401, { 'www-authenticate': 'Digest realm="x"', 'set-cookie': cookies, 'x-secret': 'inner' }, 'who are you?');
  const { status, headers, body, reason, requestId } = await gateway.ask('api');
  assert.deepEqual([status, reason, body], [401, 'authorization-denied', 'who are you?']);
  assert.deepEqual(headers['set-cookie'], ['login=1']);
  assert.deepEqual([headers['www-authenticate'], headers['x-secret']], ['Digest realm="x"', undefined]);
  assert.equal(headers['cache-control'], 'no-store');
  const line = await gateway.logged((entry) => entry.requestId === requestId);
  assert.deepEqual([line.reason, line.detail], ['authorization-denied', 'ask: it answered 401']);
  answer(403);
  assert.equal(await outcome('api'), '403 authorization-denied');
});

for (const status of [302, 400, 404, 429, 500, 503]) {
  test(`${status} is neither yes nor no, so the request is refused`, async () => {
    answer(status, { location: `${asked.url}/yes` });
    const questions = asked.received.length;
    assert.equal(await outcome('api'), '503 authorization-unavailable');
    assert.equal(asked.received.length, questions + 1);
  });
}

test('no connection, silence, a cut-off answer, a large one and a certificate of nobody are no permission', async () => {
  assert.equal(await outcome('gone'), '503 authorization-unavailable');
  says = () => {};
  assert.equal(await outcome('slow'), '503 authorization-unavailable');
  says = (response) => void response.writeHead(200, { 'content-length': '10' }).write('x', () => response.destroy());
  assert.equal(await outcome('api'), '503 authorization-unavailable');
  says = (response) => response.writeHead(200).end(Buffer.alloc(100_000));
  assert.equal(await outcome('api'), '503 authorization-unavailable');
  assert.equal(await outcome('untrusted'), '503 authorization-unavailable');
  assert.equal(tls.received.length, 0);
  assert.equal(await outcome('trusted'), '200 null');
});

test('a body is made by an expression; one that fails refuses the request', async () => {
  answer(200);
  assert.equal(await outcome('posts', '/a"b'), '200 null');
  const { method, body, headers } = asked.last;
  assert.deepEqual([method, headers['content-type']], ['POST', 'application/json']);
  assert.deepEqual(JSON.parse(body), { path: upstream.last.url });
  const questions = asked.received.length;
  assert.equal(await outcome('fails'), '503 authorization-unavailable');
  assert.equal(asked.received.length, questions);
});

test('attack: a quotation mark in what the client sends is a value of the question, and no member of it', async () => {
  answer(200);
  const attack = { 'x-from': 'a", "role": "admin' };
  assert.equal(await outcome('templates', '/', attack), '200 null');
  assert.deepEqual(JSON.parse(asked.last.body), { from: attack['x-from'], role: 'user' });
  const questions = asked.received.length;
  assert.equal(await outcome('doubles', '/', attack), '503 authorization-unavailable');
  assert.equal(await outcome('doubles', '/', { 'x-from': '"' }), '503 authorization-unavailable');
  assert.equal(await outcome('templates'), '503 authorization-unavailable');
  assert.equal(asked.received.length, questions);
});

test('it is asked only where its condition says so, and never about what policies deny', async () => {
  answer(403);
  assert.equal(await outcome('some', '/open'), '200 null');
  assert.equal(await outcome('some', '/guarded'), '403 authorization-denied');
  const questions = asked.received.length;
  assert.equal(await outcome('known'), '401 unauthenticated');
  assert.equal(await outcome('denied', '/', bearer(token)), '403 policy-denied');
  assert.equal(asked.received.length, questions);
});

for (const [config, message, more] of [
  [{ url: 'ftp://a' }, /http or https/, {}],
  [{ url: 'http://u:p@a' }, /./, {}],
  [{ url, timeout: '1h' }, /more than 30s/, {}],
  [{ url, requestHeaders: ['X-Forwarded-User'] }, /written by the gateway/, {}],
  [{ url, upstreamHeaders: ['Content-Length'] }, /belongs to the connection/, {}],
  [{ url, clientHeaders: ['X-Ostiary-Reason'] }, /written by the gateway/, {}],
  [{ url, body: { eval: 'nonsense(' } }, /./, {}],
  [{ url, body: { liquid: '{"path": "{{ ctx.request.http.path }}"}' } }, /lets clients change the question/, {}],
  [{ url, body: { liquid: '{"path": "{% echo ctx.request.http.path %}"}' } }, /lets clients change the question/, {}],
  [{ url, body: { eval: '"{}"', liquid: '{}' } }, /eval|liquid/, {}],
  [{ url }, /is for requests that are allowed/, { phase: 'PRE_AUTH' }],
] as const) {
  test(`is refused with its place: ${JSON.stringify({ ...config, ...more })}`, async () => {
    const listed = [{ name: 'ask', condition: EVERYTHING, httpAuthorization: config, ...more }];
    const said = await mistakesIn(yaml(open('wrong', upstream.url, {}, { plugins: listed })));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
    assert.ok(!said.includes('u:p@'));
  });
}

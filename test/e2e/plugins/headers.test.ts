import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: (_, response) => {
    response.writeHead(200, { 'x-powered-by': 'theirs', 'x-list': 'one' });
    response.end();
  },
});

const withHeaders = (name: string, headers: object, phase?: string) => {
  const plugin = { name: 'one', condition: { matchAny: true }, headers, ...(phase !== undefined && { phase }) };
  return open(name, upstream.url, {}, { plugins: [plugin] });
};
/** As often as the client says. */
const LOOP =
  '{% for i in (1..ctx.request.http.query.n) %}{% for j in (1..ctx.request.http.query.n) %}a{% endfor %}{% endfor %}';
const fromClient = 'ctx.request.http.headers["x-says"]';

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      withHeaders('changed', {
        request: [
          { op: 'SET', key: 'X-Set', value: 'new' },
          { op: 'SET', key: 'X-Method', eval: 'ctx.request.http.method' },
          {
            op: 'SET',
            key: 'X-Liquid',
            liquid: '{{ ctx.request.http.method | downcase }}-{{ ctx.service.metadata.name }}',
          },
          { op: 'SET', key: 'X-Set-By-Client', liquid: '{{ ctx.request.http.headers["x-not-there"] }}' },
          { op: 'SET', key: 'X-Says', eval: 'ctx.request.http.headers["x-not-there"]' },
          { op: 'ADD', key: 'X-Add', value: 'ours' },
          { op: 'ADD', key: 'X-Missing', value: 'ours' },
          { op: 'APPEND', key: 'X-Append', value: 'ours' },
          { op: 'APPEND_IF_PRESENT', key: 'X-Add', value: 'second' },
          { op: 'APPEND_IF_PRESENT', key: 'X-Nobody', value: 'ours' },
          { op: 'REMOVE', key: 'Authorization' },
        ],
        response: [
          { op: 'REMOVE', key: 'X-Powered-By' },
          { op: 'APPEND', key: 'X-List', value: 'two' },
          { op: 'SET', key: 'X-Method', eval: 'ctx.request.http.method' },
        ],
      }),
      withHeaders('injecting', { request: [{ op: 'SET', key: 'X-Out', eval: `${fromClient} + "\\u0001"` }] }),
      withHeaders('templating', { request: [{ op: 'SET', key: 'X-Out', liquid: 'a{{ ctx.request.http.query.q }}' }] }),
      withHeaders('looping', { request: [{ op: 'SET', key: 'X-Out', liquid: LOOP }] }),
      withHeaders('claiming', { request: [{ op: 'SET', key: 'X.Webauth.User', eval: fromClient }] }),
      service('telling', {
        config: {
          upstream: { url: upstream.url },
          http: { identityAssertion: { headers: { user: 'X-Webauth-User' } } },
        },
      }),
    ),
  },
});

test('requests and answers are changed, one change after the other', async () => {
  const sent = {
    'x-set': ['a', 'b'],
    'x-says': 'me',
    'x-add': 'theirs',
    'x-append': 'theirs',
    'x-set-by-client': 'me',
    authorization: 'Basic eDp5',
  };
  const { headers } = await gateway.ask('changed', '/', { headers: sent });
  const seen = (name: string) =>
    upstream.last.rawHeaders.flatMap((text, i, raw) =>
      i % 2 === 0 && text.toLowerCase() === name ? [raw[i + 1]] : [],
    );
  assert.deepEqual(
    [
      'x-set',
      'x-liquid',
      'x-set-by-client',
      'x-method',
      'x-says',
      'x-add',
      'x-missing',
      'x-append',
      'x-nobody',
      'authorization',
    ].map(seen),
    [['new'], ['get-changed'], [], ['GET'], [], ['theirs', 'second'], ['ours'], ['theirs', 'ours'], [], []],
  );
  assert.deepEqual([headers['x-powered-by'], headers['x-list'], headers['x-method']], [undefined, 'one, two', 'GET']);
});

test('a value that could not stand in a head refuses its request', async () => {
  const { status, reason } = await gateway.ask('injecting', '/', { headers: { 'x-says': 'a' } });
  assert.deepEqual([status, reason], [500, 'plugin-error']);
});

for (const [what, name, query] of [
  ['a line break in a template', 'templating', 'q=%0d%0aX-Injected:%20b'],
  ['a control character in a template', 'templating', 'q=%01'],
  ['a template that gives too long a value', 'templating', `q=${'a'.repeat(8192)}`],
  ['a name that was sent twice', 'templating', 'q=1&q=2'],
  ['a loop that a client makes long', 'looping', 'n=100000000'],
  ['a loop in a loop that a client makes long', 'looping', 'n=2000'],
] as const) {
  test(`${what} refuses its request`, async () => {
    const received = upstream.received.length;
    const { status, reason } = await gateway.ask(name, `/?${query}`);
    assert.deepEqual([status, reason, upstream.received.length], [500, 'plugin-error', received]);
  });
}

test('what templates write is what they may', async () => {
  await gateway.ask('templating', '/?q=%C3%A9%20');
  assert.equal(upstream.last.headers['x-out'], 'a\u00c3\u00a9');
  await gateway.ask('looping', '/?n=3');
  assert.equal(upstream.last.headers['x-out'], 'a'.repeat(9));
});

test('no client gets its word into a header in which upstreams are told who asks', async () => {
  const received = upstream.received.length;
  const { status, reason } = await gateway.ask('claiming', '/', { headers: { 'x-says': 'root' } });
  assert.deepEqual([status, reason, upstream.received.length], [500, 'plugin-error', received]);
});

for (const [change, message] of [
  [{ op: 'SET', key: 'Authorization', value: 'Bearer x' }, /use http\.auth/],
  [{ op: 'APPEND', key: 'cookie', value: 'a=b' }, /cookies of a client are its own/],
  [{ op: 'SET', key: 'X-Ostiary-User', value: 'root' }, /says what the gateway knows/],
  [{ op: 'SET', key: 'x.forwarded.for', value: '127.0.0.1' }, /says what the gateway knows/],
  [{ op: 'REMOVE', key: 'X-Forwarded-User' }, /says what the gateway knows/],
  [{ op: 'SET', key: 'X-Request-Id', value: '1' }, /says what the gateway knows/],
  [{ op: 'SET', key: 'Host', value: 'a' }, /Host header has its own field/],
  [{ op: 'SET', key: 'Transfer-Encoding', value: 'chunked' }, /belongs to the connection/],
  [{ op: 'SET', key: 'x', value: 'a\r\nX-Injected: b' }, /control characters/],
  [{ op: 'SET', key: 'x' }, /one of value, eval and liquid/],
  [{ op: 'SET', key: 'x', value: 'a', eval: '"b"' }, /only one of value, eval, liquid/],
  [{ op: 'SET', key: 'x', eval: '"a"', liquid: 'b' }, /only one of value, eval, liquid/],
  [{ op: 'SET', key: 'X-Ostiary-User', liquid: '{{ ctx.user.metadata.name }}' }, /says what the gateway knows/],
  [{ op: 'SET', key: 'x', liquid: '{{ ctx.user.metadata.nme }}' }, /did you mean "name"/],
  [{ op: 'SET', key: 'x', liquid: '{{ ctx.user.metadata.name | upcas }}' }, /did you mean "upcase"/],
  [{ op: 'SET', key: 'x', liquid: '{% include "/etc/passwd" %}' }, /tag "include"/],
  [{ op: 'SET', key: 'x', liquid: 'a{{ "b" | url_decode }}{{ "%0d" | url_decode }}' }, /control character/],
  [{ op: 'REMOVE', key: 'x', liquid: 'a' }, /has no value/],
  [{ op: 'REMOVE', key: 'x', value: 'a' }, /has no value/],
  [{ op: 'SET', key: 'x', eval: 'nonsense(' }, /services\.yaml:\d+:\d+/],
  [{ op: 'RENAME', key: 'x', value: 'a' }, /SET/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(change)}`, async () => {
    const said = await mistakesIn(yaml(withHeaders('wrong', { request: [change] })));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

test('what the upstream sees is not changed before authorization', async () => {
  const request = [{ op: 'SET', key: 'x', value: 'a' }];
  assert.match(await mistakesIn(yaml(withHeaders('early', { request }, 'PRE_AUTH'))), /leave phase out/);
});

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RawUpstream } from '../../support/raw-upstream.ts';
import { type Received, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';
import { until } from '../../support/until.ts';

type Fields = Readonly<Record<string, string>>;

/** What holds wherever answers are kept. @param args of the gateway */
export async function cacheCases(store: 'MEMORY' | 'REDIS', args: readonly string[] = []): Promise<void> {
  /** Answers with the fields that the query asks for, and a number that grows. */
  let count = 0;
  const upstream = await RecordingUpstream.start('upstream', {
    answer: ({ url, headers, method }, response) => {
      const asked = new URL(url, 'http://upstream').searchParams;
      const fields = JSON.parse(asked.get('say') ?? '{}') as Fields;
      const status = Number(asked.get('status') ?? 200);
      if (fields.etag !== undefined && headers['if-none-match'] === fields.etag) {
        response.writeHead(304, fields).end();
        return;
      }
      response.writeHead(status, fields);
      const size = Number(asked.get('size') ?? 0);
      if (method !== 'HEAD') response.write(`${++count} ${headers['x-user'] ?? 'nobody'} `);
      if (fields['content-length'] !== undefined) setTimeout(() => response.destroy(), 20);
      else setTimeout(() => response.end('x'.repeat(size)), Number(asked.get('wait') ?? 0));
    },
  });
  /** Lets itself be talked into a second answer by what it is asked for. */
  const split = await RawUpstream.start((_seen, socket) => {
    const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nCache-Control: max-age=60\r\n\r\nEVIL';
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nok${evil}`);
  });
  after(() => split[Symbol.asyncDispose]());
  const always = { matchAny: true };
  const cached = (more: object = {}) => ({
    name: 'kept',
    condition: always,
    cache: { useXCacheHeader: true, store, ...more },
  });
  const userHeader = { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } };
  const guarded = (name: string, more: object, http: object = userHeader) =>
    service(name, { config: { upstream: { url: upstream.url }, http: { plugins: [cached(more)], ...http } } });

  const gateway = await GatewayProcess.start({
    args,
    files: {
      'services.yaml': yaml(
        ALLOW_ALL,
        workload('alice'),
        workload('bob'),
        open('plain', upstream.url, {}, { plugins: [cached({ maxSize: 1000 })] }),
        open('short', upstream.url, {}, { plugins: [cached({ ttl: '1ms' })] }),
        open('hosts', upstream.url, {}, { plugins: [cached()], header: { forwardedMode: 'TRANSPARENT' } }),
        open(
          'keyed',
          upstream.url,
          {},
          {
            plugins: [cached({ key: { eval: 'ctx.request.http.path' } })],
          },
        ),
        open(
          'templated',
          upstream.url,
          {},
          {
            plugins: [cached({ key: { liquid: '{{ ctx.request.http.path }}' } })],
          },
        ),
        open(
          'posts',
          upstream.url,
          {},
          {
            plugins: [cached({ allowUnsafeMethods: true })],
            enableRequestBuffering: true,
          },
        ),
        open(
          'seen',
          upstream.url,
          {},
          {
            plugins: [cached()],
            header: { addResponseHeaders: [{ key: 'X-Id', eval: 'ctx.request.http.headers["x-mark"]' }] },
          },
        ),
        open('split', split.url, {}, { plugins: [cached()] }),
        open(
          'credential',
          upstream.url,
          {},
          {
            plugins: [cached()],
            auth: { bearer: { fromSecret: 'upstream-token' } },
          },
        ),
        guarded('own', {}),
        guarded('shared', { allowSharingOfPublicAnswersBetweenIdentities: true }, {}),
        guarded('told', { allowSharingOfPublicAnswersBetweenIdentities: true }),
        guarded('injecting', {}, { identityAssertion: { header: 'X-Key' } }),
      ),
    },
  });
  await gateway.command(['create', 'secret', 'upstream-token', '--value', 'of-the-gateway']);
  const [alice, bob] = await Promise.all([gateway.token('alice'), gateway.token('bob')]);

  let fresh = 0;
  /** An address that nobody has asked for. */
  const path = (fields: Fields = {}, more = '') =>
    `/${++fresh}?say=${encodeURIComponent(JSON.stringify(fields))}${more}`;
  const get = (at: string, headers: Fields = {}, host = 'plain', method = 'GET') =>
    gateway.ask(host, at, { headers, method });
  const word = async (at: string, headers: Fields = {}, host = 'plain', method = 'GET') =>
    (await get(at, headers, host, method)).headers['x-cache'];
  /** What two requests after another get. */
  const twice = async (at: string, first: Fields = {}, second: Fields = first, host = 'plain') => [
    await word(at, first, host),
    await word(at, second, host),
  ];
  const isAsked = (at: string) =>
    until(
      () => `the upstream to be asked for ${at}`,
      () => upstream.received.find(({ url }) => url === at),
    );
  const KEPT = ['MISS', 'HIT'];
  const NOT_KEPT = ['MISS', 'MISS'];

  const STORING: readonly (readonly [string, Fields, string, readonly string[]])[] = [
    ['nothing said', {}, '', KEPT],
    ['max-age', { 'cache-control': 'max-age=60' }, '', KEPT],
    ['max-age=0', { 'cache-control': 'max-age=0' }, '', NOT_KEPT],
    ['s-maxage goes before max-age', { 'cache-control': 'max-age=60, s-maxage=0' }, '', NOT_KEPT],
    ['two ages', { 'cache-control': 'max-age=60, max-age=70' }, '', NOT_KEPT],
    ['no age that can be read', { 'cache-control': 'max-age=soon' }, '', NOT_KEPT],
    ['a directive in quotes is none', { 'cache-control': 'ext="a, no-store", max-age=60' }, '', KEPT],
    ['no-store', { 'cache-control': 'NO-STORE, max-age=60' }, '', NOT_KEPT],
    ['private', { 'cache-control': 'private, max-age=60' }, '', NOT_KEPT],
    ['private with fields', { 'cache-control': 'private="x-a", max-age=60' }, '', NOT_KEPT],
    ['no-cache without a validator', { 'cache-control': 'no-cache' }, '', NOT_KEPT],
    ['old already', { age: '70', 'cache-control': 'max-age=60' }, '', NOT_KEPT],
    ['Expires: 0', { expires: '0' }, '', NOT_KEPT],
    ['Expires in the future', { expires: new Date(Date.now() + 60_000).toUTCString() }, '', KEPT],
    ['Set-Cookie', { 'set-cookie': 'a=b', 'cache-control': 'public, max-age=60' }, '', NOT_KEPT],
    ['Vary: *', { vary: '*' }, '', NOT_KEPT],
    ['an event stream', { 'content-type': 'text/event-stream' }, '', NOT_KEPT],
    ['a 404 that says nothing', {}, '&status=404', NOT_KEPT],
    ['a 404 that says for how long', { 'cache-control': 'max-age=60' }, '&status=404', KEPT],
    ['a 500', { 'cache-control': 'max-age=60' }, '&status=500', NOT_KEPT],
    [
      'a 206 that nobody asked for',
      { 'content-range': 'bytes 0-1/9', 'cache-control': 'max-age=60' },
      '&status=206',
      NOT_KEPT,
    ],
    ['a body above maxSize', { 'cache-control': 'max-age=60' }, '&size=2000', NOT_KEPT],
  ];
  for (const [what, fields, more, expected] of STORING) {
    test(`what is kept: ${what}`, async () => assert.deepEqual(await twice(path(fields, more)), expected));
  }

  test('a body above maxSize is passed on whole', async () => {
    assert.ok((await get(path({}, '&size=300000'))).body.length > 300_000);
  });

  const ASKING: readonly (readonly [string, Fields, string])[] = [
    ['nothing special', {}, 'HIT'],
    ['another User-Agent', { 'user-agent': 'other' }, 'HIT'],
    ['no-cache', { 'cache-control': 'no-cache' }, 'MISS'],
    ['no-store', { 'cache-control': 'no-store' }, 'MISS'],
    ['max-age=0', { 'cache-control': 'max-age=0' }, 'MISS'],
    ['Pragma', { pragma: 'no-cache' }, 'MISS'],
    ['Pragma beside what is newer', { pragma: 'no-cache', 'cache-control': 'max-age=60' }, 'HIT'],
    ['min-fresh that nothing has', { 'cache-control': 'min-fresh=99999' }, 'MISS'],
    ['a range', { range: 'bytes=0-1' }, 'MISS'],
    ['If-Match', { 'if-match': '"a"' }, 'MISS'],
  ];
  for (const [what, headers, expected] of ASKING) {
    test(`a request with ${what}`, async () => {
      const at = path();
      await get(at);
      assert.equal(await word(at, headers), expected);
    });
  }

  test('a hit has its age, and the same body', async () => {
    const at = path({ age: '7', 'x-a': 'b' });
    const first = await get(at);
    const second = await get(at);
    assert.equal(second.body, first.body);
    assert.ok(Number(second.headers.age) >= 7);
    assert.equal(second.headers['x-a'], 'b');
    assert.equal(second.headers.date, first.headers.date);
  });

  test('HEAD is answered from what GET got, and its own answers are not kept', async () => {
    const at = path();
    assert.equal(await word(at, {}, 'plain', 'HEAD'), 'MISS');
    assert.equal(await word(at), 'MISS');
    const { headers, body } = await get(at, {}, 'plain', 'HEAD');
    assert.deepEqual([headers['x-cache'], body], ['HIT', '']);
  });

  test('what only-if-cached asks for is not fetched', async () => {
    const received = upstream.received.length;
    assert.equal((await get(path(), { 'cache-control': 'only-if-cached' })).status, 504);
    assert.equal(upstream.received.length, received);
  });

  test('an answer is told apart by the fields that its Vary names, and by those that it does not', async () => {
    const at = path({ vary: 'User-Agent' });
    assert.deepEqual(await twice(at, { 'user-agent': 'one' }, { 'user-agent': 'two' }), NOT_KEPT);
    assert.equal(await word(at, { 'user-agent': 'one' }), 'HIT');
    assert.deepEqual(await twice(path(), { 'accept-language': 'de' }, { 'accept-language': 'en' }), NOT_KEPT);
  });

  test('an answer that varies by a field that the gateway adds is not kept', async () => {
    assert.deepEqual(await twice(path({ vary: 'X-Request-Id' })), NOT_KEPT);
    assert.deepEqual(await twice(path({ vary: 'X-Key' }), bearer(alice), bearer(alice), 'injecting'), NOT_KEPT);
    assert.deepEqual(await twice(path({ vary: 'X-User' }), bearer(alice), bearer(alice), 'own'), KEPT);
  });

  test('a stale answer is validated, and is good again', async () => {
    const at = path({ etag: '"v1"' });
    const first = await get(at, {}, 'short');
    const second = await get(at, {}, 'short');
    assert.deepEqual([second.status, second.body, second.headers['x-cache']], [200, first.body, 'HIT']);
    assert.equal(upstream.last.headers['if-none-match'], '"v1"');
  });

  test('a client that has it gets 304, also by what the cache knows', async () => {
    const at = path({
      etag: 'W/"v2"',
      'last-modified': 'Sat, 21 Nov 2026 10:00:00 GMT',
      'cache-control': 'max-age=60',
    });
    await get(at);
    const asks: readonly Fields[] = [
      { 'if-none-match': '"v1", "v2"' },
      { 'if-none-match': '*' },
      { 'if-modified-since': 'Sat, 21 Nov 2026 10:00:00 GMT' },
    ];
    for (const ask of asks) {
      const { status, headers, body } = await get(at, ask);
      assert.deepEqual([status, headers['x-cache'], body, headers.etag], [304, 'HIT', '', 'W/"v2"']);
    }
    assert.equal((await get(at, { 'if-none-match': '"v1"' })).status, 200);
  });

  test('a stale answer is used for a client that takes one, unless the upstream forbids it', async () => {
    const stale = { 'cache-control': 'max-stale' };
    assert.deepEqual(
      await twice(path({ 'cache-control': 'max-age=9', 'last-modified': 'x' }), {}, stale, 'short'),
      KEPT,
    );
    const strict = { 'cache-control': 'max-age=9, must-revalidate', 'last-modified': 'x' };
    assert.deepEqual(await twice(path(strict), {}, stale, 'short'), NOT_KEPT);
  });

  test('a change makes what was kept old, for all; one that is refused does not', async () => {
    const at = path();
    await get(at, bearer(alice), 'own');
    await get(at, bearer(bob), 'own');
    await get(`${at}&status=403`, bearer(alice), 'own', 'POST');
    assert.equal(await word(at, bearer(alice), 'own'), 'HIT');
    await get(at, bearer(alice), 'own', 'DELETE');
    assert.deepEqual([await word(at, bearer(alice), 'own'), await word(at, bearer(bob), 'own')], NOT_KEPT);
  });

  test('a change while an answer is being read keeps that answer from being kept', async () => {
    const at = path({}, '&wait=300');
    const reading = get(at);
    await isAsked(at);
    await get(at, {}, 'plain', 'PUT');
    await reading;
    assert.equal(await word(at), 'MISS');
  });

  test('requests that ask the same at the same time are one to the upstream', async () => {
    const at = path({}, '&wait=200');
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(at)));
    assert.equal(upstream.received.filter(({ url }) => url === at).length, 1);
    assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  });

  test('other plugins act on answers that were kept', async () => {
    const at = path();
    await get(at, { 'x-mark': 'same' }, 'seen');
    const { headers } = await get(at, { 'x-mark': 'same' }, 'seen');
    assert.deepEqual([headers['x-cache'], headers['x-id']], ['HIT', 'same']);
  });

  test('an expression is what is asked for', async () => {
    const at = path();
    for (const host of ['keyed', 'templated']) {
      assert.deepEqual([await word(at, {}, host), await word(`${at}&other=1`, {}, host)], KEPT);
    }
  });

  test('answers to POST are kept by the body, where that is allowed', async () => {
    const at = path();
    const post = async (body: string) => (await gateway.ask('posts', at, { method: 'POST', body })).headers['x-cache'];
    assert.deepEqual(
      [await post('a'), await post('a'), await post('b'), await post('a')],
      ['MISS', 'HIT', 'MISS', 'HIT'],
    );
    assert.deepEqual([await word(at, {}, 'plain', 'POST'), await word(at, {}, 'plain', 'POST')], NOT_KEPT);
  });

  test('what one was told is not told to another', async () => {
    const at = path({ 'cache-control': 'public, max-age=60' });
    const of = async (token: string, host: string) => (await get(at, bearer(token), host)).body.split(' ')[1];
    assert.deepEqual([await of(alice, 'own'), await of(bob, 'own'), await of(alice, 'own')], ['alice', 'bob', 'alice']);
    assert.equal((await get(at, {}, 'own')).status, 401);
  });

  test('public answers are shared only where it is allowed, and others never', async () => {
    const shared = path({ 'cache-control': 'public, max-age=60' });
    assert.equal((await get(shared, bearer(alice), 'shared')).headers['x-cache'], 'MISS');
    assert.equal((await get(shared, bearer(bob), 'shared')).headers['x-cache'], 'HIT');
    const own = path({ 'cache-control': 'max-age=60' });
    assert.deepEqual(await twice(own, bearer(alice), bearer(bob), 'shared'), NOT_KEPT);
    assert.deepEqual(await twice(shared, bearer(alice), bearer(bob), 'told'), NOT_KEPT, 'the upstream sees who asks');
    assert.equal((await get(shared, {}, 'shared')).status, 401);
  });

  const POISON: readonly (readonly [string, Fields])[] = [
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
    ['X-Forwarded-Scheme', { 'x-forwarded-scheme': 'http' }],
    ['X-Original-URL', { 'x-original-url': '/admin' }],
    ['X-HTTP-Method-Override', { 'x-http-method-override': 'DELETE' }],
    ['a field that nobody knows', { 'x-theme': '<script>' }],
    ['Cookie', { cookie: 'lang=evil' }],
    ['Origin', { origin: 'https://evil.example' }],
    ['Accept-Encoding', { 'accept-encoding': 'br' }],
  ];
  for (const [what, fields] of POISON) {
    test(`nobody gets what another made of an answer by ${what}`, async () => {
      const at = path();
      const poisoned = await get(at, fields);
      const sent = upstream.last.headers;
      const reached = Object.keys(fields).some((name) => sent[name] !== undefined);
      const { headers, body } = await get(at);
      assert.equal(headers['x-cache'], reached ? 'MISS' : 'HIT', 'what reaches the upstream is part of the key');
      assert.equal(body === poisoned.body, !reached);
    });
  }

  test("the client's own credentials for the upstream are part of the key, and need leave to be kept", async () => {
    const one = { authorization: 'Basic b25l' };
    assert.deepEqual(await twice(path(), one), NOT_KEPT);
    const at = path({ 'cache-control': 's-maxage=60' });
    assert.deepEqual(await twice(at, one), KEPT);
    assert.equal(await word(at, { authorization: 'Basic dHdv' }), 'MISS');
    assert.equal(await word(at), 'MISS');
  });

  test('a credential that the gateway adds is the same for all who may ask, and needs no leave', async () => {
    assert.deepEqual(await twice(path(), {}, {}, 'credential'), KEPT);
    assert.equal(upstream.last.headers.authorization, 'Bearer of-the-gateway');
  });

  test('a second answer that an upstream was talked into is kept for nobody', async () => {
    for (const at of ['/%0d%0aset-cookie:a', '/next', '/next', '/third']) {
      assert.notEqual((await get(at, {}, 'split')).body, 'EVIL');
    }
  });

  test('spellings of a path that are one to policies are one; queries are told apart byte by byte', async () => {
    const at = path();
    await get(at);
    assert.equal(await word(at.replace('/', '/%2e/')), 'HIT');
    assert.equal(await word(`/a/..${at}`), 'HIT');
    assert.equal(await word(`${at}&utm=1`), 'MISS');
    assert.equal(await word(`${at}&utm=%31`), 'MISS');
    assert.equal(await word(`${at}&utm=1&utm=1`), 'MISS');
  });

  test('a name under another one, and another port in Host, are other addresses', async () => {
    const at = path();
    await get(at);
    const { headers } = await gateway.ask(`plain.${DOMAIN}`, at, { headers: { host: `plain.${DOMAIN}:1` } });
    assert.notEqual(headers['x-cache'], 'HIT');
  });

  test('the body of a GET, which is not part of the key, keeps its answer from being kept', async () => {
    const at = path();
    assert.equal((await gateway.ask('plain', at, { body: 'evil' })).headers['x-cache'], 'MISS');
    assert.equal(await word(at), 'MISS');
  });

  test('an answer that was cut off is not kept', async () => {
    const at = path({ 'content-length': '999', 'cache-control': 'max-age=60' });
    await assert.rejects(get(at));
    await assert.rejects(get(at));
    assert.equal(upstream.received.filter(({ url }: Received) => url === at).length, 2);
  });

  test('a reader that goes away keeps nothing half read, and holds nobody up', async () => {
    const at = path({}, '&wait=200&size=500');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET ${at} HTTP/1.1\r\nHost: plain.${DOMAIN}\r\n\r\n`);
    await isAsked(at);
    socket.destroy();
    const { status, body } = await get(at);
    assert.deepEqual([status, body.endsWith('x'.repeat(500))], [200, true]);
  });

  test('it cannot stand before authorization', async () => {
    const plugins = [{ ...cached(), phase: 'PRE_AUTH' }];
    assert.match(await mistakesIn(yaml(open('early', upstream.url, {}, { plugins }))), /plugins\[0\]\.phase: "cache" /);
  });
}

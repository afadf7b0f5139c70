import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const ORDER = JSON.stringify({
  type: 'object',
  properties: { sku: { type: 'string', pattern: '^[A-Z]{3}$' }, count: { type: 'integer', maximum: 10 } },
  required: ['sku'],
  additionalProperties: false,
});
const listed = (name: string, config: object, match = 'ctx.request.http.path == "/orders"') =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: { match }, jsonSchema: config }] });
const toUpstream = { upstream: { url: upstream.url } };

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      listed('orders', { inline: ORDER }),
      listed('small', { inline: ORDER, maxSize: 20 }),
      listed('own', { inline: ORDER, statusCode: 422, body: { inline: 'no order' } }),
      open('all', upstream.url, {}, { body: { validation: { jsonSchema: { inline: ORDER } } } }),
      open(
        'buffering',
        upstream.url,
        {},
        {
          enableRequestBuffering: true,
          body: { mode: 'JSON', validation: { jsonSchema: { inline: ORDER } } },
        },
      ),
      service('named', {
        isAnonymous: true,
        config: toUpstream,
        dynamicConfig: {
          configs: [
            { name: 'strict', ...toUpstream, http: { body: { validation: { jsonSchema: { inline: ORDER } } } } },
          ],
          rules: [{ condition: { match: 'ctx.request.http.path == "/strict"' }, configName: 'strict' }],
        },
      }),
    ),
  },
});

const post = (name: string, body: string, path = '/orders', headers = {}) =>
  gateway.ask(name, path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

test('a body that fits reaches the upstream byte for byte', async () => {
  const body = ' {"sku" :\t"ABC", "count": 1.0}\n';
  for (const name of ['orders', 'all', 'buffering', 'own']) {
    assert.equal((await post(name, body)).status, 200, name);
    assert.equal(upstream.last.body, body);
    assert.equal(upstream.last.headers['content-length'], String(body.length));
  }
});

test('nothing else does, whatever it is', async () => {
  const before = upstream.received.length;
  const bodies = [
    '{"sku":"abc"}',
    '{}',
    '{"sku":"ABC","sku":"DEF"}',
    '{"sku":"ABC","s\\u006bu":1}',
    '{"sku":"ABC","__proto__":{"admin":true}}',
    '{"sku":"ABC","count":11}',
    '[{"sku":"ABC"}]',
    '{"sku":"ABC"} {}',
    '\ufeff{"sku":"ABC"}',
    'sku=ABC',
    '',
    '['.repeat(100_000),
    `${'{"sku":'.repeat(70)}1${'}'.repeat(70)}`,
  ];
  for (const body of bodies) {
    for (const name of ['orders', 'all']) {
      const answer = await post(name, body);
      assert.deepEqual([answer.status, answer.headers['x-ostiary-reason']], [400, 'bad-body'], body.slice(0, 40));
    }
  }
  assert.equal(upstream.received.length, before);
});

test('a compressed body is not looked through, so it does not pass', async () => {
  assert.equal((await post('orders', '{"sku":"ABC"}', '/orders', { 'content-encoding': 'gzip' })).status, 400);
  assert.equal((await post('orders', '{"sku":"ABC"}', '/orders', { 'content-encoding': 'Identity' })).status, 200);
});

/** A body of a length that nobody states. */
function statusOfChunks(name: string, ...chunks: string[]): Promise<number | undefined> {
  const headers = { host: `${name}.${DOMAIN}` };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port: gateway.port, path: '/orders', method: 'POST', headers, agent: false });
    outgoing.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
  });
}

test('a body in chunks is looked at as well, and its limit holds', async () => {
  assert.equal(await statusOfChunks('orders', '{"sku":', '"ABC"}'), 200);
  assert.equal(upstream.last.body, '{"sku":"ABC"}');
  assert.equal(await statusOfChunks('orders', '{"sku":', '1}'), 400);
  assert.equal(await statusOfChunks('small', '{"sku":"ABC"', ' '.repeat(20), '}'), 413);
  assert.equal((await post('small', `{"sku":"ABC"${' '.repeat(20)}}`)).status, 413);
});

test('only requests that the condition matches are looked at', async () => {
  assert.equal((await post('orders', 'anything', '/other')).status, 200);
});

test('methods that need no body pass without one, and not with a wrong one', async () => {
  assert.equal((await gateway.ask('orders', '/orders')).status, 200);
  assert.equal((await gateway.ask('all', '/')).status, 200);
  assert.equal((await gateway.ask('orders', '/orders', { method: 'DELETE', body: '{"sku":1}' })).status, 400);
  assert.equal((await gateway.ask('orders', '/orders', { method: 'PUT' })).status, 400);
});

test('its own answer takes the place of the refusal', async () => {
  const { status, body } = await post('own', '{}');
  assert.deepEqual([status, body], [422, 'no order']);
});

test('attack: a character set in which the same bytes are another body does not pass', async () => {
  const loose = '{"sku":"ABC"}';
  const charsets = ['utf-7', 'UTF-16', '"utf-16le"', 'us-ascii', 'utf-8; charset=utf-7', 'utf-7;charset=utf-8'];
  const types = [
    ...charsets.map((charset) => `application/json; charset=${charset}`),
    'application/json;charset*=utf-7',
  ];
  for (const name of ['orders', 'all', 'buffering']) {
    for (const type of types) {
      assert.equal((await post(name, loose, '/orders', { 'content-type': type })).status, 400, `${name} ${type}`);
    }
    for (const type of ['application/json; charset=utf-8', 'application/json;charset="UTF-8"; a=b', 'text/json']) {
      assert.equal((await post(name, loose, '/orders', { 'content-type': type })).status, 200, `${name} ${type}`);
    }
  }
});

test('a named config has a validation of its own', async () => {
  assert.equal((await post('named', '{}', '/strict')).status, 400);
  assert.equal((await post('named', '{}', '/loose')).status, 200);
});

test('the log says where a body does not fit, and nothing of what was sent', async () => {
  await post('orders', '{"sku":"ABC","count":4111111111111111}', '/orders');
  const { error } = (await gateway.logged((entry) => JSON.stringify(entry).includes('/count: maximum'))) as never;
  assert.ok(error === undefined || error !== null);
  assert.ok(!gateway.stdout.includes('4111111111111111'));
});

const wrong = (config: object, more: object = {}) =>
  open(
    'wrong',
    upstream.url,
    {},
    {
      plugins: [{ name: 'one', condition: { matchAny: true }, jsonSchema: config, ...more }],
    },
  );

for (const [document, message] of [
  [wrong({ inline: '{"type":"strin"}' }), /#\/type: type takes/],
  [wrong({ inline: '{"type":' }), /the schema is not JSON/],
  [wrong({ inline: '{"type":"object","type":"array"}' }), /same key twice/],
  [wrong({ inline: '{"$ref":"https://a.example"}' }), /not a reference/],
  [wrong({}), /inline/],
  [wrong({ inline: 'true', statusCode: 200 }), /statusCode/],
  [wrong({ inline: 'true' }, { phase: 'PRE_AUTH' }), /for requests that are allowed/],
  [open('wrong', upstream.url, {}, { body: { validation: { jsonSchema: { inline: '1' } } } }), /is not a schema/],
] as const) {
  test(`is refused with its place: ${message.source}`, async () => {
    const said = await mistakesIn(yaml(document));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const DOCUMENT = `
openapi: 3.1.0
servers: [{ url: /v1 }]
paths:
  /orders:
    get: { parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 100 } }] }
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, properties: { sku: { type: string } }, required: [sku], additionalProperties: false }
`;
const described = (name: string, config: object, before: object[] = []) =>
  open(
    name,
    upstream.url,
    {},
    {
      plugins: [...before, { name: 'one', condition: { matchAny: true }, openapi: { inline: DOCUMENT, ...config } }],
    },
  );

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      described('shop', {}),
      described('own', { statusCode: 404, body: { inline: 'no' } }),
      described('moved', {}, [{ name: 'in', condition: { matchAny: true }, path: { removePrefix: '/shop' } }]),
    ),
  },
});

const json = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });

test('what is described reaches the upstream as it was sent', async () => {
  assert.equal((await gateway.ask('shop', '/v1/orders?limit=%31%30')).status, 200);
  assert.equal(upstream.last.url, '/v1/orders?limit=%31%30');
  assert.equal((await gateway.ask('shop', '/v1/orders', json(' {"sku": "A"}'))).status, 200);
  assert.equal(upstream.last.body, ' {"sku": "A"}');
});

for (const [path, more, status, reason] of [
  ['/v1/admin', {}, 404, 'not-described'],
  ['/v1/orders/../admin', {}, 404, 'not-described'],
  ['/v1/orders', { method: 'DELETE' }, 405, 'method-refused'],
  ['/v1/orders?limit=101', {}, 400, 'bad-parameter'],
  ['/v1/orders?limit=1&limit=1', {}, 400, 'bad-parameter'],
  ['/v1/orders?debug=1', {}, 400, 'bad-parameter'],
  ['/v1/orders', json('{"sku":1}'), 400, 'bad-body'],
  ['/v1/orders', json('{"sku":"A","__proto__":{}}'), 400, 'bad-body'],
  ['/v1/orders', { ...json('{"sku":"A"}'), headers: { 'content-type': 'text/plain' } }, 400, 'bad-body'],
  ['/v1/orders', { body: '{}' }, 400, 'bad-body'],
] as const) {
  test(`${path} ${JSON.stringify(more)} is refused with ${reason}, and no upstream is asked`, async () => {
    const before = upstream.received.length;
    const answer = await gateway.ask('shop', path, more);
    assert.deepEqual([answer.status, answer.reason], [status, reason]);
    assert.equal(upstream.received.length, before);
  });
}

test('the path is the one that plugins before it have made', async () => {
  assert.equal((await gateway.ask('moved', '/shop/v1/orders')).status, 200);
  assert.equal((await gateway.ask('moved', '/shop/orders')).status, 404);
});

test('its own answer takes the place of each refusal', async () => {
  for (const path of ['/nothing', '/v1/orders?limit=x']) {
    const { status, body, reason } = await gateway.ask('own', path);
    assert.deepEqual([status, body, reason], [404, 'no', null]);
  }
});

test('the log names the parameter and not its value', async () => {
  await gateway.ask('shop', '/v1/orders?limit=s3cret');
  await gateway.logged((one) => JSON.stringify(one).includes('the parameter \\"limit\\" (query) does not fit: type'));
  assert.ok(!gateway.stdout.includes('s3cret'));
});

test('a mistake is refused with its place, and so is a phase in which nobody is allowed yet', async () => {
  const said = await mistakesIn(yaml(described('wrong', { inline: 'openapi: 3.0.0' })));
  assert.match(said, /services\.yaml:\d+:\d+.*only 3\.1/s);
  const early = { name: 'one', phase: 'PRE_AUTH', condition: { matchAny: true }, openapi: { inline: DOCUMENT } };
  assert.match(
    await mistakesIn(yaml(open('early', upstream.url, {}, { plugins: [early] }))),
    /for requests that are allowed/,
  );
});

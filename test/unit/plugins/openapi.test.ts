import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { BodyBudget } from '../../../src/gateway/body-budget.ts';
import { plugin } from '../../../src/plugins/openapi/openapi.ts';
import type { OpenapiRules } from '../../../src/plugins/openapi/schema.ts';
import { authorized, deps } from './support.ts';

const SHOP = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: https://shop.example/v1 }]
components:
  securitySchemes: { key: { type: apiKey, in: query, name: api_key } }
  parameters:
    Id: { name: id, in: path, required: true, schema: { $ref: "#/components/schemas/Id" } }
  requestBodies:
    Order: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
  schemas:
    Id: { type: integer, minimum: 1 }
    Order:
      type: object
      properties: { sku: { type: string, maxLength: 5 }, parent: { $ref: "#/components/schemas/Order" } }
      required: [sku]
      additionalProperties: false
paths:
  /orders:
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: open, in: query, schema: { type: boolean } }
        - { name: tag, in: query, schema: { type: array, items: { type: string, maxLength: 3 }, maxItems: 2 } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }
        - { name: X-Trace, in: header, schema: { type: string, format: uuid } }
        - { name: theme, in: cookie, schema: { enum: [dark, light] } }
        - { name: Authorization, in: header, required: true, schema: { type: string } }
      responses: { 200: { description: Some. } }
    post: { requestBody: { $ref: "#/components/requestBodies/Order" } }
  /orders/{id}:
    parameters: [{ $ref: "#/components/parameters/Id" }]
    get: {}
    patch:
      parameters: [{ name: id, in: path, required: true, schema: { type: string, pattern: "^[a-z]+$" } }]
      requestBody:
        content: { application/*: {}, application/merge-patch+json: { schema: { type: object } } }
  /orders/latest: { get: { parameters: [{ name: n, in: query, required: true, schema: { type: [number, "null"] } }] } }
  /files/{name}.txt:
    parameters: [{ name: name, in: path, required: true, schema: { type: string, maxLength: 4 } }]
    get: {}
    put: { requestBody: { required: true, content: { text/plain: {} } } }
`;

interface Sent {
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | null;
}

async function outcomeOf(request: string, { headers = [], body = null }: Sent = {}, more: Partial<OpenapiRules> = {}) {
  const [method = '', target = ''] = request.split(' ');
  const [path = '', query = ''] = target.split('?');
  const stated = body === null || headers.length > 0 ? headers : [['content-type', 'application/json'] as const];
  const x = authorized({
    ...{ method, path, query, headers: HeaderList.from(stated) },
    body: body === null ? null : new BufferedBody(body),
  });
  x.bodyLimits = { budget: new BodyBudget(1e6), receiveTime: 60_000 };
  const outcome = await plugin.create({ inline: SHOP, ...more }, deps).onAuthorized!(x);
  if (outcome === null) return 'ok';
  return outcome.kind === 'refusal' ? `${outcome.reason}: ${outcome.detail}` : String(outcome.response.status);
}

const of = (type: string) => ({ headers: [['content-type', type]] as const });
const order = { body: '{"sku":"A","parent":{"sku":"B"}}' };

const CASES: readonly (readonly [request: string, outcome: RegExp, sent?: Sent])[] = [
  ['GET /v1/orders', /^ok/],
  ['GET /v1/orders?', /^ok/],
  ['GET /v1/orders/', /^not-described/],
  ['GET /orders', /^not-described/],
  ['GET /v1', /^not-described/],
  ['GET /v1/admin', /^not-described/],
  ['GET /v1/Orders', /^not-described/],
  ['DELETE /v1/orders', /^method-refused/],
  ['HEAD /v1/orders', /^method-refused/],
  ['OPTIONS /v1/orders', /^method-refused/],
  ['get /v1/orders', /^method-refused/],
  ['GET /v1/orders?limit=100', /^ok/],
  ['GET /v1/orders?limit=101', /"limit" \(query\) does not fit: the whole: maximum/],
  ['GET /v1/orders?limit=', /does not fit: type/],
  ['GET /v1/orders?limit', /does not fit: type/],
  ['GET /v1/orders?limit=1e1', /^ok/],
  ['GET /v1/orders?limit=0x10', /does not fit/],
  ['GET /v1/orders?limit=+1', /does not fit/],
  ['GET /v1/orders?limit=%31', /^ok/],
  ['GET /v1/orders?limit=1&limit=2', /is repeated/],
  ['GET /v1/orders?limit=1&%6Cimit=200', /is repeated/],
  ['GET /v1/orders?Limit=1', /not described/],
  ['GET /v1/orders?admin=1', /^bad-parameter: the query has a parameter that is not described/],
  ['GET /v1/orders?__proto__=1', /not described/],
  ['GET /v1/orders?limit=%zz', /the query is malformed/],
  ['GET /v1/orders?limit=%ff', /the query is malformed/],
  ['GET /v1/orders?api_key=s3cret', /^ok/],
  ['GET /v1/orders?open=true', /^ok/],
  ['GET /v1/orders?open=1', /does not fit/],
  ['GET /v1/orders?tag=a&tag=b', /^ok/],
  ['GET /v1/orders?tag=a&tag=b&tag=c', /the whole: maxItems/],
  ['GET /v1/orders?tag=long', /\/0: maxLength/],
  ['GET /v1/orders?ids=1,2', /^ok/],
  ['GET /v1/orders?ids=1,x', /does not fit: type/],
  ['GET /v1/orders', /^ok/, { headers: [['x-trace', '123e4567-e89b-12d3-a456-426614174000']] }],
  ['GET /v1/orders', /"x-trace" \(header\) does not fit/, { headers: [['x-trace', '1']] }],
  ['GET /v1/orders', /^ok/, { headers: [['cookie', 'a=b; theme=dark']] }],
  ['GET /v1/orders', /"theme" \(cookie\) does not fit/, { headers: [['cookie', 'theme=blue']] }],
  ['GET /v1/orders', /"theme" \(cookie\) is repeated/, { headers: [['cookie', 'theme=dark; theme=blue']] }],
  ['GET /v1/orders', /no body is described/, { body: '{}' }],
  ['GET /v1/orders/7', /^ok/],
  ['GET /v1/orders/0', /"id" \(path\) does not fit: the whole: minimum/],
  ['GET /v1/orders/x', /does not fit/],
  ['GET /v1/orders/', /^not-described/],
  ['GET /v1/orders/7/8', /^not-described/],
  ['GET /v1/orders/%ff', /"id" \(path\) is malformed/],
  ['GET /v1/orders/latest', /"n" \(query\) is missing/],
  ['GET /v1/orders/latest?n=1.5', /^ok/],
  ['PATCH /v1/orders/latest', /^method-refused/],
  ['PATCH /v1/orders/abc', /^ok/],
  ['PATCH /v1/orders/7', /does not fit: the whole: pattern/],
  ['PATCH /v1/orders/abc', /^ok/, { body: '{}', ...of('Application/Merge-Patch+JSON; charset=UTF-8') }],
  ['PATCH /v1/orders/abc', /^bad-body: .*: type/, { body: '[]', ...of('application/merge-patch+json') }],
  ['PATCH /v1/orders/abc', /not UTF-8/, { body: '{}', ...of('application/merge-patch+json;charset=utf-16') }],
  ['PATCH /v1/orders/abc', /^ok/, { body: '\x00', ...of('application/octet-stream') }],
  ['PATCH /v1/orders/abc', /not described/, { body: 'x', ...of('text/plain') }],
  ['GET /v1/files/a.txt', /^ok/],
  ['GET /v1/files/.txt', /^not-described/],
  ['GET /v1/files/a.exe', /^not-described/],
  ['GET /v1/files/abcde.txt', /does not fit/],
  ['GET /v1/files/%61%62.txt', /^ok/],
  ['PUT /v1/files/a.txt', /there is no body/],
  ['PUT /v1/files/a.txt', /^ok/, { body: 'x', ...of('text/plain') }],
  ['POST /v1/orders', /^ok/, order],
  ['POST /v1/orders', /^bad-body: there is no body/],
  ['POST /v1/orders', /there is no body/, { body: '' }],
  ['POST /v1/orders', /\/parent: additionalProperties/, { body: '{"sku":"A","parent":{"sku":"B","x":1}}' }],
  ['POST /v1/orders', /same key twice/, { body: '{"sku":"A","sku":"B"}' }],
  ['POST /v1/orders', /not described/, { ...order, ...of('text/json') }],
  ['POST /v1/orders', /not described/, { ...order, headers: [['x-other', '1']] }],
  [
    'POST /v1/orders',
    /not described/,
    {
      ...order,
      headers: [
        ['content-type', 'application/json'],
        ['content-type', 'text/xml'],
      ],
    },
  ],
];

for (const [request, outcome, sent = {}] of CASES) {
  test(`${request} ${JSON.stringify(sent)}: ${outcome.source}`, async () =>
    assert.match(await outcomeOf(request, sent), outcome));
}

test('nothing that was sent is quoted', async () => {
  for (const request of [
    'GET /v1/orders?limit=s3cret',
    'GET /v1/orders?s3cret=1',
    'GET /v1/orders/s3cret',
    'GET /s3cret',
  ]) {
    assert.doesNotMatch(await outcomeOf(request), /s3cret/);
  }
});

test('what is weaker has to be asked for', async () => {
  assert.equal(await outcomeOf('GET /v1/orders?utm=1', {}, { allowUndescribedQueryParameters: true }), 'ok');
  const form = { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } };
  const inline = document({ '/a': { post: { requestBody: { content: form } } } });
  const sent = { body: 'a=b', ...of('application/x-www-form-urlencoded') };
  assert.equal(await outcomeOf('POST /a', sent, { inline, passBodiesThatAreNotJsonUnchecked: true }), 'ok');
  await assert.rejects(outcomeOf('POST /a', sent, { inline }), /only bodies of JSON/);
});

test('the base path may be said, and the answer', async () => {
  assert.equal(await outcomeOf('GET /orders', {}, { basePath: '/' }), 'ok');
  assert.equal(await outcomeOf('GET /x/orders', {}, { basePath: '/x/' }), 'ok');
  assert.equal(await outcomeOf('GET /nothing', {}, { statusCode: 418 }), '418');
});

function document(paths: unknown, more: object = {}): string {
  return JSON.stringify({ openapi: '3.1.1', paths, ...more });
}

const get = (...parameters: object[]) => document({ '/a': { get: { parameters } } });
const deep = { get: { $ref: '#/paths/~1a/get' } };

/** What would let more through than was meant, or is not carried out. */
const MISTAKES: readonly (readonly [inline: string, message: RegExp])[] = [
  ['', /no OpenAPI document/],
  ['a: [', /neither YAML nor JSON/],
  ['a: 1\na: 2', /neither YAML nor JSON/],
  ['a: &a [*a]', /aliases/],
  ['['.repeat(10_000), /neither YAML nor JSON|nests too deep/],
  ['openapi: 3.0.3\npaths: {}', /#\/openapi: only 3\.1/],
  ['swagger: "2.0"', /only 3\.1/],
  ['openapi: 3.1.0', /#\/paths: is needed/],
  [document({ a: {} }), /begins with a slash/],
  [document({ '/a/{b}/{b}': {} }), /twice/],
  [document({ '/{a}{b}': {} }), /neither text nor/],
  [document({ '/a/../b': {} }), /cannot be part of a path/],
  [document({ '/a%2fb': {} }), /cannot be part of a path/],
  [document({ '/a/{b}': {}, '/a/{c}': {} }), /the same but for names/],
  [document({ '/a/{b}': { get: {} } }), /"b" is in the path or here/],
  [get({ name: 'b', in: 'path', required: true, schema: { type: 'string' } }), /"b" is in the path or here/],
  [get({ name: 'b', in: 'body' }), /is one of path/],
  [get({ in: 'query' }), /\/name: is needed/],
  [get({ name: 'b', in: 'query' }), /schema: is needed/],
  [get({ name: 'b', in: 'query', schema: {} }), /type: is needed/],
  [get({ name: 'b', in: 'query', schema: { type: 'object' } }), /objects are not supported/],
  [get({ name: 'b', in: 'query', style: 'deepObject', schema: { type: 'string' } }), /only "form"/],
  [get({ name: 'b', in: 'query', content: {} }), /content: is not supported/],
  [get({ name: 'b', in: 'query', schema: { type: 'string', nullable: true } }), /nullable/],
  [get({ name: 'b', in: 'query', schema: { type: 'string', pattern: '(?!x)' } }), /RE2/],
  [get({ $ref: '#/nothing' }), /leads to nothing/],
  [get({ $ref: 'https://a.example/x.yaml' }), /leads to nothing/],
  [document({ '/a': deep }), /leads to too many/],
  [document({ '/a': { servers: [] } }), /not supported here/],
  [document({}, { servers: [{ url: '/a' }, { url: '/b' }] }), /write basePath/],
  [document({}, { servers: [{ url: '/{version}' }] }), /write basePath/],
  [document({}, { jsonSchemaDialect: 'https://a.example' }), /not supported/],
];

for (const [inline, message] of MISTAKES) {
  test(`is a mistake: ${inline.slice(0, 80)}`, () => assert.throws(() => plugin.create({ inline }, deps), message));
}

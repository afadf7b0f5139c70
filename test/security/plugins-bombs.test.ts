import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';

/** What takes others long, or much memory, is sent to every plugin that reads what clients send. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
const BROTLI_BOMB = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url }, response) => {
    const isBomb = url.startsWith('/bomb');
    response.writeHead(200, { 'content-type': 'text/html', ...(isBomb && { 'content-encoding': 'gzip' }) });
    response.end(isBomb ? BOMB : 'ok');
  },
});

const always = { matchAny: true };
const withPlugin = (name: string, plugin: string, config: object, more: object = {}) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: always, [plugin]: config }], ...more });
const LIST = JSON.stringify({ type: 'array', uniqueItems: true, items: { type: 'object' } });
const TREE = JSON.stringify({
  anyOf: [
    { type: 'array', items: { $ref: '#' } },
    { type: 'array', items: { anyOf: [{ $ref: '#' }, { $ref: '#' }] } },
  ],
});
const OPENAPI = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'One', version: '1' },
  paths: {
    '/{name}': {
      parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string', pattern: '^(a|a)*$' } }],
      get: {
        parameters: [
          { name: 'q', in: 'query', schema: { type: 'string', pattern: '^(a+)+$' } },
          { name: 'x-list', in: 'header', schema: { type: 'array', items: { type: 'string', pattern: '^(a|aa)+$' } } },
        ],
      },
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/L' } } },
        },
      },
    },
  },
  components: { schemas: { L: { type: 'array', uniqueItems: true, items: {} } } },
});

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      open('plain', upstream.url),
      withPlugin('agents', 'userAgent', { deny: ['(a+)+$', '(a|a)*b', '(.*)*x'] }),
      withPlugin('paths', 'path', { regex: { pattern: '(a+)+b', replacement: 'c' } }),
      withPlugin('lists', 'jsonSchema', { inline: LIST }),
      withPlugin('trees', 'jsonSchema', { inline: TREE }),
      withPlugin('texts', 'jsonSchema', { inline: '{"type":"string","pattern":"^(a+)+$"}' }),
      withPlugin('numbers', 'jsonSchema', { inline: '{"type":"number","multipleOf":0.1}' }),
      withPlugin('anything', 'jsonSchema', { inline: 'true', maxSize: 1_000_000 }),
      withPlugin('described', 'openapi', { inline: OPENAPI }),
      withPlugin('compressing', 'compress', { minSize: 0 }),
      withPlugin('keeping', 'cache', { ttl: '1h' }),
      open('buffering', upstream.url, {}, { enableRequestBuffering: true, body: { mode: 'JSON' } }),
      open('shown', upstream.url, {}, { visibility: { enableRequestBodyMap: true, enableResponseBody: true } }),
    ),
  },
});

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const post = (name: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  gateway.ask(name, '/a', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const LONG = `${'a'.repeat(7000)}!`;
for (const [what, ask, expected] of [
  ['User-Agent', () => gateway.ask('agents', '/', { headers: { 'user-agent': LONG } }), [200]],
  ['the path', () => gateway.ask('paths', `/${LONG}`), [200]],
  ['a path that is described', () => gateway.ask('described', `/${LONG}`), [400, 404]],
  ['a parameter that is described', () => gateway.ask('described', `/a?q=${LONG}`), [400]],
  ['a header that is described', () => gateway.ask('described', '/a', { headers: { 'x-list': LONG } }), [400]],
  ['a body', () => post('texts', `"${'a'.repeat(500_000)}!"`), [400]],
] as const) {
  test(`an expression that explodes elsewhere is linear: ${what}`, async () => {
    const { status, body } = await ask();
    assert.ok((expected as readonly number[]).includes(status), `${status}: ${body}`);
  });
}

const objects = (count: number) => `[${Array.from({ length: count }, (_, i) => `{"n":${i}}`).join(',')}]`;
const BODIES: readonly (readonly [what: string, body: string])[] = [
  ['depth without an end', '['.repeat(500_000)],
  ['depth', nested(100_000)],
  ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['more than is read', `"${'a'.repeat(5_000_000)}"`],
  ['a key twice', '[{"a":1,"a":2}]'],
  ['a key twice, escaped', '[{"a":1,"\\u0061":2}]'],
  ['items to compare with each other', objects(60_000).replace('1}', '0}')],
  ['an escape that ends nowhere', '["\\ud800\\"]'],
];
for (const [what, body] of BODIES) {
  test(`a body is refused, and takes nobody's time: ${what}`, async () => {
    const answers = await Promise.all(
      ['lists', 'described', 'plain'].map((name) => post(name, name === 'plain' ? '' : body)),
    );
    const [list, described, plain] = answers.map(({ status }) => status);
    assert.ok(list === 400 || list === 413, `${list}`);
    assert.ok(described === 400 || described === 413, `${described}`);
    assert.equal(plain, 200);
  });
}

for (const [name, body] of [
  ['trees', nested(60)],
  ['numbers', `1e${'9'.repeat(1000)}`],
  ['numbers', `0.${'0'.repeat(100_000)}1`],
] as const) {
  test(`a schema that takes long for it ends all the same: ${name}, ${body.slice(0, 10)}`, async () => {
    assert.ok([200, 400].includes((await post(name, body)).status));
  });
}

test('what carries names of prototypes changes nobody', async () => {
  for (const body of ['{"__proto__":{"status":418}}', '{"constructor":{"prototype":{"status":418}}}']) {
    for (const name of ['anything', 'buffering', 'shown']) {
      const { status } = await post(name, body);
      assert.ok(status === 200 || status === 400, `${name}: ${status}`);
    }
  }
  assert.equal((await gateway.ask('plain')).status, 200);
});

for (const [coding, bytes] of [
  ['gzip', BOMB],
  ['br', BROTLI_BOMB],
] as const) {
  test(`a request body that grows when it is unpacked is not unpacked: ${coding}`, async () => {
    for (const name of ['anything', 'lists', 'described', 'buffering']) {
      const body = bytes
        .toString('latin1')
        .replace(/[^ -~]/g, ' ')
        .slice(0, 50_000);
      assert.equal((await post(name, body, { 'content-encoding': coding })).status, 400, name);
    }
  });
}

test('an answer that grows when it is unpacked passes as it is', async () => {
  for (const name of ['compressing', 'keeping', 'keeping', 'shown']) {
    const { status, headers, body } = await gateway.ask(name, '/bomb', { headers: { 'accept-encoding': 'gzip, br' } });
    assert.deepEqual([status, headers['content-encoding'], body.length < 1_000_000], [200, 'gzip', true], name);
  }
});

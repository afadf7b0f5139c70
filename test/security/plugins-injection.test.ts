import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';

/** What a client sends decoded into what a plugin writes: no value ends its line, and none leaves its place. */
const upstream = await RecordingUpstream.start('upstream', { answer: (_, response) => response.end('ok') });
const GIVEN = 'ctx.request.http.queryParams["q"]';
const always = { matchAny: true };
const withPlugin = (name: string, plugin: string, config: object) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: always, [plugin]: config }] });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      withPlugin('towards', 'headers', { request: [{ op: 'SET', key: 'X-Said', eval: GIVEN }] }),
      withPlugin('back', 'headers', { response: [{ op: 'SET', key: 'X-Said', eval: GIVEN }] }),
      withPlugin('host', 'host', { eval: GIVEN }),
      withPlugin('query', 'query', { changes: [{ op: 'SET', key: 'said', eval: GIVEN }] }),
      withPlugin('redirect', 'redirect', { eval: `"/" + ${GIVEN}` }),
      withPlugin('limit', 'rateLimit', { limit: 1000, window: '1h', key: { eval: GIVEN } }),
      withPlugin('kept', 'cache', { ttl: '1h', key: { eval: GIVEN } }),
      open('rules', upstream.url, {}, { header: { addRequestHeaders: [{ key: 'X-Said', eval: GIVEN }] } }),
      withPlugin('path', 'path', { regex: { pattern: '^/x(.*)$', replacement: '$1' } }),
    ),
  },
});

const BREAKS = [
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  'a\rX-Injected: 1',
  'a\0b',
  'a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
  'a\u2028X-Injected: 1',
  '嘊嘍X-Injected: 1',
];

const asked = (name: string, text: string) => gateway.ask(name, `/?q=${encodeURIComponent(text)}`);

for (const text of BREAKS) {
  test(`ends no line: ${JSON.stringify(text)}`, async () => {
    const before = upstream.received.length;
    const answers = await Promise.all(
      ['towards', 'back', 'host', 'query', 'redirect', 'limit', 'kept', 'rules'].map((name) => asked(name, text)),
    );
    for (const { headers } of answers) assert.equal(headers['x-injected'], undefined);
    for (const { headers, url } of upstream.received.slice(before)) {
      assert.equal(headers['x-injected'], undefined);
      assert.doesNotMatch(url, /smuggled HTTP|[^!-~]/);
    }
  });
}

test('controls in a header refuse the request, and none reaches the upstream', async () => {
  const before = upstream.received.length;
  for (const name of ['towards', 'rules', 'host']) {
    for (const text of BREAKS.slice(0, 5)) {
      const { status, reason } = await asked(name, text);
      assert.deepEqual([status, reason], [500, 'plugin-error'], `${name} ${JSON.stringify(text)}`);
    }
  }
  assert.equal(upstream.received.length, before);
});

test('a value stays one value of its parameter', async () => {
  assert.equal((await asked('query', 'a&admin=1#x=y+z%00')).status, 200);
  const { searchParams } = new URL(upstream.last.url, 'http://upstream');
  assert.deepEqual([searchParams.get('said'), searchParams.get('admin')], ['a&admin=1#x=y+z%00', null]);
});

for (const path of ['/x/%2e%2e/admin', '/x%2Fadmin', '/x/..%2fadmin', '/x?/admin', '/x//evil', '/x\\admin']) {
  test(`what a pattern leaves is canonical, or is refused: ${path}`, async () => {
    const before = upstream.received.length;
    const { status } = await gateway.ask('path', path);
    const reached = upstream.received.slice(before).map(({ url }) => url.split('?')[0]!);
    assert.equal(reached.length, status === 200 ? 1 : 0);
    for (const url of reached) assert.doesNotMatch(url, /\/\/|\.\.|%2[ef]|%5c|\\|^[^/]/i);
  });
}

test('a key with line breaks is the key of no other request', async () => {
  const words = new Set<string>();
  for (const text of ['a', 'a\n', 'a\n\n', 'a\n\nx-tenant:one\n', '\na']) {
    const before = upstream.received.length;
    await asked('kept', text);
    if (upstream.received.length > before) words.add(text);
  }
  assert.equal(words.size, 5);
});

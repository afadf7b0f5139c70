import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Ask } from '../support/http-client.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { open, service, yaml } from '../support/resources.ts';

const one = await RecordingUpstream.start('one');
const two = await RecordingUpstream.start('two');

const rule = (match: string, configName: string) => ({ condition: { match }, configName });
const to = (name: string, { url }: RecordingUpstream) => ({ name, upstream: { url } });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      open('by-request', one.url, {
        dynamicConfig: {
          configs: [to('second', two)],
          rules: [
            rule('ctx.request.http.headers["x-to"] == "second"', 'second'),
            rule('"to" in ctx.request.http.query && ctx.request.http.query["to"] == "second"', 'second'),
            rule('ctx.request.http.method == "PUT"', 'second'),
          ],
        },
      }),
      service('by-body', {
        isAnonymous: true,
        config: {
          upstream: { url: one.url },
          http: { enableRequestBuffering: true, body: { mode: 'JSON', maxRequestSize: 1000 } },
        },
        dynamicConfig: {
          configs: [to('second', two)],
          rules: [rule('has(ctx.request.http.bodyMap) && ctx.request.http.bodyMap["model"] == "large"', 'second')],
        },
      }),
      service('no-default', {
        isAnonymous: true,
        dynamicConfig: { configs: [to('second', two)], rules: [rule('ctx.request.http.path == "/yes"', 'second')] },
      }),
      service('inheriting', {
        isAnonymous: true,
        config: {
          upstream: { url: one.url },
          http: {
            header: {
              addRequestHeaders: [
                { key: 'X-From', value: 'parent' },
                { key: 'X-Parent', value: 'yes' },
              ],
            },
          },
        },
        dynamicConfig: {
          configs: [
            {
              name: 'child',
              parent: 'default',
              http: {
                header: { addRequestHeaders: [{ key: 'X-From', value: 'child' }] },
                path: { addPrefix: '/child' },
              },
            },
            { name: 'elsewhere', parent: 'child', upstream: { url: two.url } },
          ],
          rules: [
            rule('ctx.request.http.path == "/child"', 'child'),
            rule('ctx.request.http.path == "/elsewhere"', 'elsewhere'),
          ],
        },
      }),
      open('prefixed', one.url, {}, { path: { removePrefix: '/outer', addPrefix: '/inner' } }),
    ),
  },
});

/** What reached an upstream, or the refusal. */
async function arrives(name: string, path: string, more: Omit<Ask, 'host' | 'path'> = {}): Promise<Received | string> {
  const { status, reason, body } = await gateway.ask(name, path, more);
  return status === 200 ? (JSON.parse(body) as Received) : `${status} ${reason}`;
}

async function upstreamOf(...asked: Parameters<typeof arrives>): Promise<string> {
  const arrived = await arrives(...asked);
  return typeof arrived === 'string' ? arrived : arrived.upstream;
}

async function arriving(...asked: Parameters<typeof arrives>): Promise<Received> {
  const arrived = await arrives(...asked);
  if (typeof arrived === 'string') throw new Error(`refused: ${arrived}`);
  return arrived;
}

test('method, header and query choose the config; no rule matches: the default one', async () => {
  const headers = { 'x-to': 'first' };
  assert.equal(await upstreamOf('by-request', '/', { headers }), 'one');
  assert.equal(await upstreamOf('by-request', '/', { headers: { 'x-to': 'second' } }), 'two');
  assert.equal(await upstreamOf('by-request', '/?to=second', { headers }), 'two');
  assert.equal(await upstreamOf('by-request', '/', { headers, method: 'PUT' }), 'two');
});

test('a rule about something that the request does not have is not met', async () => {
  assert.equal(await upstreamOf('by-request', '/'), 'one');
});

test('a rule that cannot be evaluated refuses, instead of going on to another upstream', async () => {
  const received = one.received.length + two.received.length;
  assert.equal(await upstreamOf('by-request', '/?to=second&to=first'), '500 config-error');
  assert.equal(one.received.length + two.received.length, received);
});

test('a JSON body chooses the config and arrives as it was sent', async () => {
  const post = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const large = '{ "model": "large",\n "n": 1.0 }';
  const arrived = await arriving('by-body', '/', post(large));
  assert.deepEqual([arrived.upstream, arrived.body], ['two', large]);
  assert.equal(await upstreamOf('by-body', '/', post('{"model": "small"}')), 'one');
  assert.equal(await upstreamOf('by-body', '/'), 'one');
  assert.equal(await upstreamOf('by-body', '/', post('{"model": ')), '400 bad-body');
  assert.equal(await upstreamOf('by-body', '/', post('[1]')), '400 bad-body');
  assert.equal(await upstreamOf('by-body', '/', post(`{"x": "${'y'.repeat(1000)}"}`)), '413 body-too-large');
});

test('without a default config what no rule takes is 502 no-config', async () => {
  assert.equal(await upstreamOf('no-default', '/yes'), 'two');
  assert.equal(await upstreamOf('no-default', '/no'), '502 no-config');
});

test('a config is laid over its parent: objects merge, lists are joined', async () => {
  const child = await arriving('inheriting', '/child');
  assert.deepEqual([child.upstream, child.url], ['one', '/child/child']);
  assert.deepEqual([child.headers['x-from'], child.headers['x-parent']], ['child', 'yes']);
  const plain = await arriving('inheriting', '/plain');
  assert.deepEqual([plain.url, plain.headers['x-from']], ['/plain', 'parent']);
});

test("a parent's own definition counts, not what it inherits", async () => {
  const { upstream, url, headers } = await arriving('inheriting', '/elsewhere');
  assert.deepEqual(
    [upstream, url, headers['x-from'], headers['x-parent']],
    ['two', '/child/elsewhere', 'child', undefined],
  );
});

test('the config that was chosen stands in the access log', async () => {
  await gateway.ask('by-request', '/logged-config', { method: 'PUT', headers: { 'x-to': '' } });
  const entry = await gateway.logged(({ path }) => path === '/logged-config');
  assert.deepEqual([entry.config, entry.upstream], ['second', two.url]);
});

const REWRITES: readonly (readonly [path: string, arrives: string])[] = [
  ['/outer/x?a=/outer', '/inner/x?a=/outer'],
  ['/outer', '/inner'],
  ['/outer/', '/inner/'],
  ['/outerx', '/inner/outerx'],
  ['/other', '/inner/other'],
  ['/outer/outer/x', '/inner/outer/x'],
  ['/OUTER/x', '/inner/OUTER/x'],
];

for (const [path, expected] of REWRITES) {
  test(`removePrefix /outer, addPrefix /inner: ${path} arrives as ${expected}`, async () => {
    assert.equal((await arriving('prefixed', path)).url, expected);
  });
}

const ATTACKS = [
  '/outer//evil',
  '/outer/../x',
  '/outer/..%2f..%2fx',
  '/outer/%2e%2e/x',
  '/outer/.%2e/x',
  '/outer\\..\\x',
  '/outer/%00',
  '/outer/..;/x',
  '/outer/%252e%252e/x',
];

for (const path of ATTACKS) {
  test(`the path ${path} is refused or stays below the prefix`, async () => {
    const arrived = await arrives('prefixed', path);
    if (typeof arrived === 'string') assert.match(arrived, /^400 (bad-path|rewrite-refused)$/);
    else assert.match(arrived.url, /^\/inner\/(?!.*(?:\.\.|\/\/|%2e%2e%2f|\\))/i);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUTH_KINDS } from '../../../src/model/service/auth.ts';
import { mergeConfig } from '../../../src/model/service/merge-config.ts';

const parent = {
  name: 'v1',
  parent: 'default',
  upstream: { url: 'https://one.example.com', timeouts: { connect: { seconds: 5 }, total: '1m' } },
  http: {
    auth: { bearer: { fromSecret: 'one' } },
    path: { removePrefix: '/v1' },
    enableRequestBuffering: true,
    header: { addRequestHeaders: [{ key: 'x-a', value: '1' }], removeRequestHeaders: ['x-b'] },
  },
};

test('objects merge and what the child says wins, false included', () => {
  const merged = mergeConfig(parent, {
    name: 'v2',
    http: { path: { addPrefix: '/new' }, enableRequestBuffering: false },
  } as never);
  assert.deepEqual(merged.http.path, { removePrefix: '/v1', addPrefix: '/new' });
  assert.equal(merged.http.enableRequestBuffering, false);
  assert.equal(merged.upstream.url, 'https://one.example.com');
  assert.equal(merged.name, 'v2');
});

test('lists are joined, the parent first', () => {
  const child = { name: 'v2', http: { header: { addRequestHeaders: [{ key: 'x-c', value: '2' }] } } };
  const merged = mergeConfig(parent, child as never);
  assert.deepEqual(
    merged.http.header.addRequestHeaders.map((rule) => rule.key),
    ['x-a', 'x-c'],
  );
  assert.deepEqual(merged.http.header.removeRequestHeaders, ['x-b']);
});

test('another choice of a one-of replaces the choice of the parent', () => {
  const child = {
    name: 'v2',
    upstream: { container: { image: 'i' } },
    http: { auth: { custom: { header: 'x-key' } } },
  };
  const merged = mergeConfig(parent, child as never) as unknown as Record<string, Record<string, unknown>>;
  assert.deepEqual(merged.upstream, { timeouts: parent.upstream.timeouts, container: { image: 'i' } });
  assert.deepEqual(merged.http?.auth, { custom: { header: 'x-key' } });
});

for (const kind of AUTH_KINDS) {
  test(`a credential of kind ${kind} takes the place of any other, whole`, () => {
    for (const before of AUTH_KINDS) {
      const merged = mergeConfig({ ...parent, http: { auth: { [before]: { fromSecret: 'one', old: true } } } }, {
        http: { auth: { [kind]: { fromSecret: 'two' } } },
      } as never);
      assert.deepEqual(merged.http.auth, { [kind]: { fromSecret: 'two' } });
    }
  });
}

test('a duration is one value', () => {
  const child = { name: 'v2', upstream: { timeouts: { connect: { minutes: 1 } } } };
  const merged = mergeConfig(parent, child as never);
  assert.deepEqual(merged.upstream.timeouts, { connect: { minutes: 1 }, total: '1m' });
});

test('a pattern of a path and what stands in its place are one value', () => {
  const of = (pattern: string, more: object) => ({ http: { path: { regex: { pattern, ...more } } } });
  const merged = mergeConfig(of('a', { replacement: 'b', all: true }), of('c', { replacement: 'd' }) as never);
  assert.deepEqual(merged, of('c', { replacement: 'd' }));
});

test("the parent's own name and parent are not inherited", () => {
  const merged = mergeConfig(parent, { http: {} } as never) as { name?: string; parent?: string };
  assert.equal(merged.name, undefined);
  assert.equal(merged.parent, undefined);
});

test('a duration of a child replaces that of its parent, whichever unit it has', () => {
  const one = {
    upstream: {
      limits: { keepAlive: { seconds: 5 }, pending: 1 },
      loadbalance: {
        healthCheck: { interval: { seconds: 5 }, path: '/up' },
        outlier: { ejectionTime: { seconds: 5 } },
      },
    },
    http: { retry: { maxElapsedTime: { seconds: 5 }, maxRetries: 2 } },
  };
  const merged = mergeConfig(one, {
    upstream: {
      limits: { keepAlive: { minutes: 1 } },
      loadbalance: { healthCheck: { interval: { minutes: 1 } }, outlier: { ejectionTime: { minutes: 1 } } },
    },
    http: { retry: { maxElapsedTime: { minutes: 1 } } },
  } as never);
  assert.deepEqual(merged, {
    upstream: {
      limits: { keepAlive: { minutes: 1 }, pending: 1 },
      loadbalance: {
        healthCheck: { interval: { minutes: 1 }, path: '/up' },
        outlier: { ejectionTime: { minutes: 1 } },
      },
    },
    http: { retry: { maxElapsedTime: { minutes: 1 }, maxRetries: 2 } },
  });
});

test('a child that hashes by something else replaces what its parent hashes by', () => {
  const one = { upstream: { loadbalance: { hash: { header: 'x-tenant' } } } };
  const merged = mergeConfig(one, { upstream: { loadbalance: { hash: { cookie: 'sid' } } } } as never);
  assert.deepEqual(merged.upstream.loadbalance.hash, { cookie: 'sid' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalPathOrNull } from '../../../src/downstream/canonical/index.ts';
import { plugin as path } from '../../../src/plugins/path/path.ts';
import type { PathRewrite } from '../../../src/plugins/path/schema.ts';
import { authorized, deps } from './support.ts';

async function rewritten(config: PathRewrite, from: string): Promise<string> {
  const x = authorized({ path: from, query: 'q=/v1/..' });
  const outcome = await path.create(config, deps).onAuthorized?.(x);
  assert.equal(x.outgoing?.query, 'q=/v1/..');
  return outcome && 'reason' in outcome ? outcome.reason : (x.outgoing?.path ?? '');
}

const CASES: readonly (readonly [config: PathRewrite, from: string, to: string])[] = [
  [{ removePrefix: '/v1' }, '/v1/x', '/x'],
  [{ removePrefix: '/v1' }, '/v1', '/'],
  [{ removePrefix: '/v1' }, '/v1/', '/'],
  [{ removePrefix: '/v1' }, '/v1beta/x', '/v1beta/x'],
  [{ removePrefix: '/v1' }, '/v2/v1', '/v2/v1'],
  [{ removePrefix: '/v1' }, '/', '/'],
  [{ removePrefix: '/v1/' }, '/v1/x', '/x'],
  [{ removePrefix: 'v1' }, '/v1/x', '/x'],
  [{ removePrefix: '/%7euser' }, '/~user/x', '/x'],
  [{ removePrefix: '/' }, '/x', '/x'],
  [{ removePrefix: '/a/b' }, '/a/b/c/', '/c/'],
  [{ addPrefix: '/api' }, '/x', '/api/x'],
  [{ addPrefix: '/api/' }, '/x', '/api/x'],
  [{ addPrefix: 'api' }, '/x', '/api/x'],
  [{ addPrefix: '/api' }, '/', '/api/'],
  [{ removePrefix: '/v1', addPrefix: '/api' }, '/v1/x', '/api/x'],
  [{ removePrefix: '/v1', addPrefix: '/api' }, '/v1', '/api'],
  [{ removePrefix: '/v1', addPrefix: '/v1' }, '/v1/v1/x', '/v1/v1/x'],
];

for (const [config, from, to] of CASES) {
  test(`${JSON.stringify(config)}: ${from} goes upstream as ${to}`, async () => {
    assert.equal(await rewritten(config, from), to);
  });
}

const PATTERNS: readonly (readonly [config: PathRewrite, from: string, to: string])[] = [
  [{ regex: { pattern: '^/users/([^/]+)$', replacement: '/u/$1' } }, '/users/al%20ice', '/u/al%20ice'],
  [{ regex: { pattern: '^/users/([^/]+)$', replacement: '/u/$1' } }, '/users/a/b', '/users/a/b'],
  [{ regex: { pattern: '^/(?P<first>\\w+)/(\\w+)', replacement: `/$2/$\{first}` } }, '/a/b/c', '/b/a/c'],
  [{ regex: { pattern: 'x', replacement: 'yy' } }, '/axbx', '/ayybx'],
  [{ regex: { pattern: 'x', replacement: 'yy', all: true } }, '/axbx', '/ayybyy'],
  [{ regex: { pattern: 'x*', replacement: '-', all: true } }, '/ab', 'rewrite-refused'],
  [{ regex: { pattern: '/price', replacement: '/$$5' } }, '/price', '/$5'],
  [{ regex: { pattern: '^/(a)|(b)', replacement: '/$2' } }, '/a', '/'],
  [{ removePrefix: '/v1', regex: { pattern: '^/x', replacement: '/y' }, addPrefix: '/api' }, '/v1/x', '/api/y'],
  [{ removePrefix: '/v1', regex: { pattern: '^/$', replacement: '/home' } }, '/v1', '/home'],
  // each of them would make another path than the one that was decided about
  [{ regex: { pattern: '^/v1', replacement: '' } }, '/v1beta', 'rewrite-refused'],
  [{ regex: { pattern: '/files', replacement: '' } }, '/files/files/x', '/files/x'],
  [{ regex: { pattern: 'x', replacement: '.', all: true } }, '/a/xx/admin', 'rewrite-refused'],
  [{ regex: { pattern: '-', replacement: '/', all: true } }, '/a--b', 'rewrite-refused'],
  [{ regex: { pattern: '-', replacement: '/', all: true } }, '/a-..-b', 'rewrite-refused'],
  [{ regex: { pattern: 'Q', replacement: '%2f' } }, '/aQb', 'rewrite-refused'],
  [{ regex: { pattern: '%20', replacement: '%2', all: true } }, '/a%20e%20e', 'rewrite-refused'],
  [{ regex: { pattern: '^', replacement: '//evil.example' } }, '/x', 'rewrite-refused'],
  [{ regex: { pattern: 'a', replacement: 'b'.repeat(500), all: true } }, `/${'a'.repeat(50)}`, 'rewrite-refused'],
];

for (const [config, from, to] of PATTERNS) {
  test(`${JSON.stringify(config).slice(0, 120)}: ${from} goes upstream as ${to}`, async () => {
    assert.equal(await rewritten(config, from), to);
  });
}

test('a pattern that other engines take hours for takes no longer than others', async () => {
  const regex = { pattern: '^(/|a+)+$', replacement: '/x' };
  assert.equal(await rewritten({ regex }, `/${'a'.repeat(4000)}!`), `/${'a'.repeat(4000)}!`);
});

for (const [pattern, replacement, message] of [
  ['(', 'x', /not RE2 syntax/],
  ['(?=a)', 'x', /not RE2 syntax/],
  ['(a)', '$2', /no group "2"/],
  ['(a)', `$\{name}`, /no group "name"/],
  ['a', 'x$', /stands for nothing/],
  ['a', '/x?admin=1', /cannot have "\?"/],
  ['a', '/x#y', /cannot have "#"/],
  ['a', '/\\evil', /cannot have/],
] as const) {
  test(`refused when compiled: ${pattern} -> ${replacement}`, () => {
    assert.throws(() => path.create({ regex: { pattern, replacement } }, deps), message);
  });
}

test('a path that is not canonical after all is refused', async () => {
  for (const from of ['/v1//x', '/v1/../x', '/v1/..', '/v1/%2e%2e', '/v1/a\\b']) {
    assert.equal(await rewritten({ removePrefix: '/v1' }, from), 'rewrite-refused', from);
  }
});

test('whatever canonical path comes, the result is canonical and below the prefix', async () => {
  const pieces = fc.array(fc.constantFrom('/', '/v1', '/api', 'x', '.', '..', ';', '%25', '%20', '%41'), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const canonical = canonicalPathOrNull(`/${parts.join('')}`);
      if (canonical === null) return;
      const to = await rewritten({ removePrefix: '/v1', addPrefix: '/api' }, canonical);
      assert.equal(canonicalPathOrNull(to), to);
      assert.match(to, /^\/api(\/|$)/);
    }),
  );
});

test('a prefix that is no path is refused when compiled', () => {
  for (const prefix of ['/a\\b', '/%2f', '/..;/x', '/a b', '/a#b']) {
    assert.throws(() => path.create({ addPrefix: prefix }, deps), /is not a path/, prefix);
    assert.throws(() => path.create({ removePrefix: prefix }, deps), /is not a path/, prefix);
  }
});

test('nothing to do, no hooks', () => {
  assert.deepEqual(path.create({}, deps), {});
  assert.deepEqual(path.create({ addPrefix: '/', removePrefix: '' }, deps), {});
});

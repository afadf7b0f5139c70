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

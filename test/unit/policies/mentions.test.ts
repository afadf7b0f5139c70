import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentionsOf } from '../../../policies/mentions.ts';
import type { Condition, PolicySpec } from '../../../src/model/index.ts';

function mentioned(condition: Condition, more: PolicySpec = {}): string[] {
  const { paths, methods } = mentionsOf({ rules: [{ effect: 'ALLOW', condition }], ...more });
  return [...paths, ...methods];
}

test('paths and methods are found wherever they stand in a condition', () => {
  assert.deepEqual(mentioned({ match: 'ctx.request.http.path == "/a"' }), ['/a']);
  assert.deepEqual(mentioned({ not: 'ctx.request.http.method in ["PUT", "X"]' }), ['PUT']);
  assert.deepEqual(mentioned({ match: '["/a"].exists(p, p == ctx.request.http.path)' }), ['/a']);
  assert.deepEqual(mentioned({ match: '{"/a": "/b"}[ctx.request.http.path] == "/c"' }), ['/a', '/b', '/c']);
  const parts: Condition[] = [{ match: '"/a" == "/a"' }, { none: { of: [{ not: '"/b" == ""' }] } }];
  assert.deepEqual(mentioned({ any: { of: parts } }), ['/a', '/b']);
});

test('attributes and enforcement rules count, and what cannot be read gives nothing', () => {
  const attrs = { start: '/v1/', deep: { list: ['/v2/', 7, null] }, word: 'DELETE' };
  assert.deepEqual(mentioned({ matchAny: true }, { attrs }), ['/v1/', '/v2/', 'DELETE']);
  const enforcementRules = [{ effect: 'IGNORE' as const, condition: { match: 'ctx.request.http.path == "/x"' } }];
  assert.deepEqual(mentioned({ match: '"/a" ==' }, { enforcementRules }), ['/x']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterValues, withoutParameters } from '../../../src/gateway/query.ts';

for (const [query, values, rest] of [
  ['', [], ''],
  ['a=1', [], 'a=1'],
  ['key=1', ['1'], ''],
  ['a=1&key=x%20y&b', ['x y'], 'a=1&b'],
  ['k%65y=1&key', ['1', ''], ''],
  ['key=a=b', ['a=b'], ''],
  ['KEY=1&key%20=2&+key=3', [], 'KEY=1&key%20=2&+key=3'],
  ['key=%zz&a=%', ['%zz'], 'a=%'],
  ['&&a&&', [], '&&a&&'],
] as const) {
  test(`what a query has, and has without it: ${query}`, () => {
    assert.deepEqual(parameterValues(query, 'key'), values);
    assert.equal(withoutParameters(query, ['key']), rest);
  });
}

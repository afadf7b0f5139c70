import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plugin as query } from '../../../src/plugins/query/query.ts';
import type { QueryChange } from '../../../src/plugins/query/schema.ts';
import { authorized, deps } from './support.ts';

async function changed(from: string, ...changes: QueryChange[]): Promise<string> {
  const x = authorized({ path: '/p', query: from });
  const outcome = await query.create({ changes }, deps).onAuthorized?.(x);
  assert.equal(x.outgoing?.path, '/p');
  return outcome && 'reason' in outcome ? outcome.reason : (x.outgoing?.query ?? '');
}

const SET = { op: 'SET', key: 'a', value: 'n' } as const;
const ADD = { op: 'ADD', key: 'a', value: 'n' } as const;
const PUSH = { op: 'PUSH', key: 'a', value: 'n' } as const;
const PUSH_IF_PRESENT = { op: 'PUSH_IF_PRESENT', key: 'a', value: 'n' } as const;
const DELETE = { op: 'DELETE', key: 'a' } as const;

const CASES: readonly (readonly [change: QueryChange, from: string, to: string])[] = [
  [SET, '', 'a=n'],
  [SET, 'b=1', 'b=1&a=n'],
  [SET, 'b=%7e+&a=1&&a=2&c', 'b=%7e+&a=n&&c'],
  [SET, 'A=1', 'A=1&a=n'],
  [ADD, 'b', 'b&a=n'],
  [ADD, 'a', 'a'],
  [ADD, '%61=1', '%61=1'],
  [PUSH, 'a=1&b', 'a=1&b&a=n'],
  [PUSH_IF_PRESENT, 'a=1', 'a=1&a=n'],
  [PUSH_IF_PRESENT, 'b=1', 'b=1'],
  [DELETE, 'a=1', ''],
  [DELETE, 'b=a&a&%61=2&a==&b=%zz', 'b=a&b=%zz'],
  [DELETE, 'aa=1&a[]=2&?a=3', 'aa=1&a[]=2&?a=3'],
  [{ op: 'DELETE', key: 'a b' }, 'a+b=1&a%20b=2&a%2Bb=3', 'a%2Bb=3'],
  [{ op: 'DELETE', key: 'größe' }, 'gr%C3%B6%c3%9fe=1&x', 'x'],
  [{ op: 'SET', key: 'a', eval: 'absent' }, 'a=1&b', 'b'],
  [{ op: 'PUSH', key: 'a', eval: 'absent' }, 'a=1', 'a=1'],
  [{ op: 'SET', key: 'a', liquid: 'absent' }, 'a=1&b', 'b'],
  [{ op: 'SET', key: 'a', liquid: 'x&admin=1' }, '', 'a=x%26admin%3D1'],
  [{ op: 'SET', key: 'a', eval: 'x&admin=1#é/ +' }, '', 'a=x%26admin%3D1%23%C3%A9%2F%20%2B'],
];

for (const [change, from, to] of CASES) {
  test(`${JSON.stringify(change)} makes "${to}" of "${from}"`, async () =>
    assert.equal(await changed(from, change), to));
}

test('changes come one after the other', async () => {
  assert.equal(await changed('a=1', DELETE, ADD, { op: 'PUSH', key: 'a', value: '2' }), 'a=n&a=2');
});

test('a name that a semicolon hides cannot get past', async () => {
  for (const from of ['b=1;a=2', ';a', 'b;%61=2&a=1']) {
    assert.equal(await changed(from, DELETE), 'rewrite-refused', from);
    assert.equal(await changed(from, SET), 'rewrite-refused', from);
    assert.equal(await changed(from, ADD), from, 'it may be there');
  }
  assert.equal(await changed('b=1;c=2', DELETE), 'b=1;c=2');
});

test('a query that becomes too long is refused; one that came so long is not', async () => {
  const long = 'x'.repeat(9000);
  assert.equal(await changed('', { op: 'SET', key: 'a', eval: long }), 'rewrite-refused');
  assert.equal(await changed(`${long}&a`, DELETE), long);
});

test('an expression that fails, or has no input, throws, which refuses the request', async () => {
  await assert.rejects(changed('', { op: 'SET', key: 'a', eval: 'error' }), /failed/);
  const x = authorized();
  x.input = null;
  const { onAuthorized } = query.create({ changes: [{ op: 'SET', key: 'a', eval: 'v' }] }, deps);
  assert.throws(() => onAuthorized?.(x), /before its input/);
});

test('whatever query comes, other parts stay as they were, and the name is gone once it is deleted', async () => {
  const part = fc.stringMatching(/^[!-"$-%'-:<-~]{0,6}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
      const from = parts.join('&');
      const left = await changed(from, DELETE);
      assert.equal(new URLSearchParams(left).has('a'), false);
      const others = from.split('&').filter((one) => one !== '' && !new URLSearchParams(one).has('a'));
      assert.deepEqual(
        left.split('&').filter((one) => one !== ''),
        others,
      );
    }),
  );
});

for (const [change, message] of [
  [{ op: 'SET', key: 'a' }, /changes\.0: SET needs one of value, eval/],
  [{ op: 'DELETE', key: 'a', value: 'x' }, /DELETE has no value/],
  [{ op: 'PUSH', key: '', value: 'x' }, /changes\.0\.key/],
  [{ op: 'SET', key: 'a', eval: 'nonsense' }, /no expression/],
] as const) {
  test(`refused when compiled: ${JSON.stringify(change)}`, () => {
    assert.throws(() => query.create({ changes: [change] }, deps), message);
  });
}

test('nothing to do, no hooks', () => assert.deepEqual(query.create({ changes: [] }, deps), {}));

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeMap } from '../../../../policies/input/plain.ts';
import { inputPathsOf } from '../../../../policies/rego/compiler/input-paths.ts';
import { inputText, selectionOf } from '../../../../policies/rego/input-text.ts';

const name = (value: string) => ({ type: 'var', value });
const text = (value: string) => ({ type: 'string', value });
const ref = (...parts: readonly object[]) => ({ type: 'ref', value: parts });

const CASES: readonly (readonly [what: string, tree: object, paths: readonly (readonly string[])[]])[] = [
  ['constant names', ref(name('input'), text('ctx'), text('user')), [['ctx', 'user']]],
  ['a part that is not constant', ref(name('input'), text('ctx'), name('k'), text('user')), [['ctx']]],
  ['a position', ref(name('input'), text('a'), { type: 'number', value: 0 }), [['a']]],
  ['input alone', { type: 'call', value: [ref(name('walk')), name('input')] }, [[]]],
  ['input alone, as a reference', ref(name('input')), [[]]],
  ['a reference inside one', ref(name('data'), text('x'), ref(name('input'), text('k'))), [['k']]],
  [
    'what a call at the head is given',
    ref({ type: 'call', value: [ref(name('f')), ref(name('input'), text('k'))] }, text('x')),
    [['k']],
  ],
  [
    'what a list at the head holds',
    ref({ type: 'array', value: [ref(name('input'), text('k'))] }, { type: 'number', value: 0 }),
    [['k']],
  ],
  ['something else of that name', ref(name('data'), text('input'), text('k')), []],
  ['twice the same', [ref(name('input'), text('a')), { x: ref(name('input'), text('a')) }], [['a']]],
];

for (const [what, tree, paths] of CASES) {
  test(`what a policy reads: ${what}`, () => assert.deepEqual(inputPathsOf(tree), paths));
}

test('of the input only that is written, once, without what is absent', () => {
  const data = freeMap({ a: { b: 1, c: 2, d: { e: 3 } }, f: [{ g: 4 }], h: 5 });
  const write = (...paths: string[][]) => inputText(data, selectionOf(paths));
  assert.equal(write(['a', 'b'], ['a', 'd'], ['a', 'd', 'e'], ['x', 'y']), '{"a":{"b":1,"d":{"e":3}}}');
  assert.equal(write(['f', 'g'], ['h', 'i']), '{"f":[{"g":4}],"h":5}');
  assert.equal(write(['h'], []), '{"a":{"b":1,"c":2,"d":{"e":3}},"f":[{"g":4}],"h":5}');
  assert.equal(write(['__proto__', 'x'], ['constructor']), '{}');
});

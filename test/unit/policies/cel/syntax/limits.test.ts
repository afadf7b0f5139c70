import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../../../../policies/cel/environment.ts';
import { parse } from '../../../../../policies/cel/syntax/parser.ts';
import { problemOf, syntaxOf } from './parsed.ts';

const LONG = { ...DEFAULT_LIMITS, sourceLength: 10_000_000 };

const DEEP: readonly (readonly [what: string, source: string])[] = [
  ['parentheses', '('.repeat(100_000) + ')'.repeat(100_000)],
  ['brackets', '['.repeat(1_000_000)],
  ['braces', '{a: '.repeat(250_000)],
  ['calls', 'f('.repeat(500_000)],
  ['conditions', 'a ? b : '.repeat(125_000)],
  ['sums', 'a + '.repeat(250_000)],
  ['selections', `a${'.b'.repeat(500_000)}`],
  ['indexes', `a${'[0]'.repeat(333_000)}`],
  ['macros', 'a.all(b, '.repeat(100_000)],
  ['signs', `${'-'.repeat(1_000_000)}(`],
  ['a string', `"${'\\x'.repeat(500_000)}"`],
];

for (const [what, source] of DEEP) {
  test(`1 MB of ${what} is refused quickly`, () => {
    const start = performance.now();
    problemOf(source, LONG);
    assert.ok(performance.now() - start < 2_000);
    assert.match(problemOf(source).message, /longer than 10000 characters/);
  });
}

test('nesting up to the limit is read, one more is told at its place', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  syntaxOf(nested(DEFAULT_LIMITS.depth));
  assert.deepEqual(problemOf(nested(DEFAULT_LIMITS.depth + 1)), {
    at: DEFAULT_LIMITS.depth,
    message: 'the expression is nested too deeply',
    suggestion: null,
  });
});

test('a long chain of && is no deep tree, but counts its parts', () => {
  const chain = (terms: number) => Array<string>(terms).fill('a').join('&&');
  syntaxOf(chain(2_000), LONG);
  assert.match(problemOf(chain(4_000), LONG).message, /too many parts/);
});

test('nested macros grow no faster than their text', () => {
  const chained = `o${'.optMap(x, x)'.repeat(20)}`;
  assert.ok(parse(chained, DEFAULT_LIMITS).ok);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expr } from '../../../../../policies/cel/syntax/ast.ts';
import { syntaxOf, treeOf } from './parsed.ts';

const TREES: readonly (readonly [source: string, tree: string])[] = [
  ['a + b * c - d', '_-_(_+_(a,_*_(b,c)),d)'],
  ['a - -1', '_-_(a,-1)'],
  ['-a', '-_(a)'],
  ['!!!a', '!_(a)'],
  ['!!a', 'a'],
  ['-1u', '-_(1u)'],
  ['!-1', '!_(-1)'],
  ['-1.f()', '-1.f()'],
  ['a < b == c in d', '@in(_==_(_<_(a,b),c),d)'],
  ['a && b || c && d', '_||_(_&&_(a,b),_&&_(c,d))'],
  ['a || b || c || d', '_||_(_||_(a,b),_||_(c,d))'],
  ['a ? b : c ? d : e', '_?_:_(a,b,_?_:_(c,d,e))'],
  ['(a || b) && c', '_&&_(_||_(a,b),c)'],
  ['.a.b', '.a.b'],
  ['.a(b)', '.a(b)'],
  ['a.b(c).d[0]', '_[_](a.b(c).d,0)'],
  ['a.`b-c/d`', 'a.b-c/d'],
  ['a.?b[?0]', '_[?_](_?._(a,"b"),0)'],
  ['a.if', 'a.if'],
  ['a.in_', 'a.in_'],
  ['[a, ?b,]', '[a,b]'],
  ['[,]', '[]'],
  ['{a: b, ?c: d,}', '{a:b,?c:d}'],
  ['.a.B{c: d, ?`e-f`: g}', '.a.B{c:d,?e-f:g}'],
  ['a // first\n + // second\n b//', '_+_(a,b)'],
  ['\f a\t\r\n', 'a'],
];

for (const [source, tree] of TREES) {
  test(`tree of ${JSON.stringify(source)}`, () => assert.equal(treeOf(source), tree));
}

test('optional elements of a list are known by their positions', () => {
  const { expr } = syntaxOf('[a, ?b, c, ?d]');
  assert.deepEqual(expr.kind === 'list' && expr.optional, [1, 3]);
});

/** Text and place of every node that a call tree shows. */
function texts(source: string, expr: Expr): string[] {
  const parts = expr.kind === 'call' ? [...(expr.target === null ? [] : [expr.target]), ...expr.args] : [];
  return [`${source.slice(expr.start, expr.end)} @${expr.at}`, ...parts.flatMap((part) => texts(source, part))];
}

test('nodes know their text, with the parentheses around it, and where problems with them are', () => {
  const source = ' (a || b ) && x.f( -1 )';
  assert.deepEqual(texts(source, syntaxOf(source).expr), [
    '(a || b ) && x.f( -1 ) @11',
    '(a || b ) @4',
    'a @2',
    'b @7',
    'x.f( -1 ) @17',
    'x @14',
    '-1 @19',
  ]);
});

test('places are those of the operator, the dot and the opening bracket', () => {
  for (const [source, at] of [
    ['ab ? c : d', 3],
    ['ab.c', 2],
    ['ab[c]', 2],
    ['ab.c(d)', 4],
    ['ab(d)', 2],
    ['has(a.b)', 3],
    ['ab{c: d}', 2],
    [' {a: b}', 1],
  ] as const) {
    assert.equal(syntaxOf(source).expr.at, at, source);
  }
});

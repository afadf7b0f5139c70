import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf, syntaxOf, treeOf } from './parsed.ts';

test('has() tests a field', () => {
  assert.equal(treeOf('has(a.b.c)'), 'a.b.c~test-only~');
  assert.equal(treeOf('has(a.?b.c)'), '_?._(a,"b").c~test-only~');
});

test('two-variable macros loop over index or key and item', () => {
  const { expr } = syntaxOf('m.transformMap(k, v, v > 0, v + 1)');
  assert.ok(expr.kind === 'fold');
  assert.deepEqual([expr.item, expr.item2, expr.accumulator], ['k', 'v', '@result']);
  assert.match(treeOf('m.transformMap(k, v, v)'), /cel\.@mapInsert\(@result,k,v\)/);
  assert.match(treeOf('m.transformMapEntry(k, v, {v: k})'), /cel\.@mapInsert\(@result,\{v:k\}\)/);
  assert.match(treeOf('m.transformList(k, v, k, v)'), /_\?_:_\(k,_\+_\(@result,\[v\]\),@result\)/);
});

test('cel.bind evaluates its value once, and only as cel.bind', () => {
  assert.equal(treeOf('cel.bind(x, f(), x)'), '__comprehension__(#unused,[],x,f(),false,x,x)');
  assert.equal(treeOf('other.bind(x, f(), x)'), 'other.bind(x,f(),x)');
});

test('optMap evaluates its target once', () => {
  assert.equal(treeOf('f().optMap(x, x)').match(/f\(\)/g)?.length, 1);
  assert.match(treeOf('o.optMap(x, x)'), /optional\.of\(.*optional\.none\(\)/);
});

test('math.greatest takes any number of arguments', () => {
  assert.equal(treeOf('math.greatest(a)'), 'math.@max(a)');
  assert.equal(treeOf('math.least(a, b)'), 'math.@min(a,b)');
  assert.equal(treeOf('math.greatest(a, b, c)'), 'math.@max([a,b,c])');
});

test('a call with another number of arguments is no macro', () => {
  assert.equal(treeOf('a.map(b)'), 'a.map(b)');
  assert.equal(treeOf('.has(a.b)'), '.has(a.b)');
  assert.equal(treeOf('all(a, b)'), 'all(a,b)');
  assert.equal(treeOf('.all(a, b)'), '.all(a,b)');
});

test('what was written is kept beside what it became', () => {
  const { expr, macroCalls } = syntaxOf('a.exists(x, has(x.y))');
  const call = macroCalls.get(expr.id);
  assert.deepEqual([call?.name, call?.args.length, macroCalls.size], ['exists', 2, 2]);
  assert.ok(call?.args[1] !== undefined && macroCalls.get(call.args[1].id)?.name === 'has');
});

const MISTAKES: readonly (readonly [source: string, at: number, message: RegExp])[] = [
  ['has(a)', 4, /has\(\) needs a field/],
  ['has(has(a.b))', 7, /has\(\) needs a field/],
  ['a.all(b.c, true)', 7, /expected a simple name/],
  ['a.all(.b, true)', 6, /expected a simple name/],
  ['a.map(__result__, 1)', 6, /cannot be a variable/],
  ['a.all(x, x, true)', 9, /"x" is declared twice/],
  ['a.all(x, 1, true)', 9, /expected a simple name/],
  ['a.map(var, 1)', 6, /reserved word/],
  ['math.greatest()', 0, /needs an argument/],
];

for (const [source, at, message] of MISTAKES) {
  test(`${source} is refused`, () => {
    const problem = problemOf(source);
    assert.match(problem.message, message);
    assert.equal(problem.at, at);
  });
}

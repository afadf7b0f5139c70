import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../../../../../policies/cel/cel.ts';
import { estimateCost } from '../../../../../policies/cel/run/cost.ts';
import { Failure } from '../../../../../policies/values/failure.ts';
import { FullMap } from '../../../../../policies/values/map.ts';
import type { Value } from '../../../../../policies/values/value.ts';
import { bindings, environment, expression } from './support.ts';

const many: Value[] = Array.from({ length: 2000 }, (_, i) => BigInt(i));
const long = 'x'.repeat(100_000);
const wide = FullMap.of(Array.from({ length: 5000 }, (_, i) => [`k${i}`, many]));
const large = { get: (name: string) => ({ list: many, text: long, map: wide })[name] ?? bindings.get(name) };

function costs(source: string): boolean {
  const result = expression(source).run(large, 0);
  return result instanceof Failure && result.kind === 'cost';
}

describe('the budget ends what takes too long', () => {
  const sources = [
    'list.all(x, list.all(y, x + y >= 0))',
    'size(list.map(x, list.map(y, y))) == 1 || true',
    'list.exists(x, list.exists_one(y, y < 0)) || true',
    'list.transformMap(i, x, list.filter(y, true)) == {}',
    'list.all(x, x in list || true)',
    'list.all(x, text == text + "" || true)',
    'list.all(x, [list, list] == [list, list])',
    'list.exists(x, map.exists(k, false))',
    'list.all(x, text < text + "a")',
  ];
  for (const source of sources) test(source, () => assert.ok(costs(source)));
});

test('what stays within the budget does not notice it, and every evaluation has its own', () => {
  const one = expression('list.all(x, x >= 0)');
  for (let i = 0; i < 200; i++) assert.equal(one.run(large, 0), true);
});

test('an evaluation that is over its budget takes a moment', () => {
  const started = performance.now();
  assert.ok(costs('list.all(x, list.all(y, list.all(z, true)))'));
  assert.ok(performance.now() - started < 1000);
});

describe('an expression that may take too much is refused', () => {
  const nested = (depth: number, range: string) =>
    `${Array.from({ length: depth }, (_, i) => `${range}.all(v${i}, `).join('')}true${')'.repeat(depth)}`;
  const cases: readonly (readonly [string, boolean])[] = [
    [nested(3, 'list'), true],
    [nested(4, 'list'), false],
    [nested(5, '[1, 2, 3]'), true],
    [nested(20, '[1]'), true],
    [nested(16, '[1, 2, 3]'), false],
    ['list.map(a, list.map(b, b)).all(c, c.all(d, d.all(e, e.all(f, true))))', false],
  ];
  for (const [source, accepted] of cases) {
    test(`${source.slice(0, 60)}: ${accepted}`, () => {
      const compiled = compile(source, environment(), { check: false });
      assert.equal(compiled.ok, accepted);
      if (!compiled.ok) assert.match(compiled.problems[0]?.message ?? '', /may take more/);
    });
  }
});

test('the estimate takes no longer for folds inside folds', () => {
  const source = `${'[1].map(a, '.repeat(20)}1${')'.repeat(20)}`;
  const compiled = compile(source, environment(), { check: false });
  assert.ok(compiled.ok);
  assert.ok(estimateCost(compiled.expression.syntax.expr) < 1_000_000);
});

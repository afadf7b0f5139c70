import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../../../../../policies/cel/cel.ts';
import { bindings, calls, environment, expression, shown } from './support.ts';

function names(source: string): string[] {
  return [...expression(source).names].sort();
}

describe('what an expression reads is known', () => {
  const cases: Record<string, readonly string[]> = {
    '1 + 2': [],
    'ctx.http.path == "/" && ctx["http"].size > 1': ['ctx.http.path', 'ctx.http.size'],
    'has(ctx.http.path) || ctx.?http.?path == none': ['ctx.http', 'ctx.http.path', 'none'],
    'ctx["user.name"]': ['ctx.user\\.name'],
    'ctx[text]': ['ctx', 'text'],
    'ctx.http[text].x': ['ctx.http', 'text'],
    'list.all(x, x.y == attrs.n)': ['attrs.n', 'list'],
    'now() == ctx.http.time': ['ctx.http.time', 'now()'],
    'a.b.c == a.b.d': ['a.b.c', 'a.b.d'],
    'true ? 1 : ctx.http': [],
    'false && ctx.http || attrs.n == 1 || true || text == ""': ['attrs.n'],
    'int == type': [],
  };
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.deepEqual(names(source), [...expected].sort()));
  }
});

test('what is known ahead is computed once', () => {
  calls.counted = 0;
  const known = expression('counted(1) + counted(2) == 3');
  assert.equal(calls.counted, 2);
  assert.ok(known.isConstant);
  assert.equal(known.run(bindings, 0), true);
  const partly = expression('list[0] == counted(1) && [counted(2), 3].exists(x, x == 3)');
  calls.counted = 0;
  assert.equal(partly.run(bindings, 0), true);
  assert.equal(calls.counted, 0);
  assert.equal(partly.isConstant, false);
});

test('the time is asked for anew, and is that of the evaluation', () => {
  const now = expression('now() == now()');
  assert.equal(now.isConstant, false);
  assert.notDeepEqual(expression('now()').run(bindings, 1000), expression('now()').run(bindings, 2000));
  assert.equal(now.run(bindings, 5), true);
});

test('an expression may be evaluated while it is evaluated', () => {
  const one = expression('list.map(x, ctx.inner + x)');
  let depth = 0;
  const again = {
    get: (name: string) => {
      if (name !== 'ctx') return bindings.get(name);
      if (depth++ === 0) one.run(again, 0);
      return bindings.get('attrs');
    },
  };
  assert.equal(shown(one.run(again, 0)), 'missing: no such key: inner');
});

test('a failure has the place where it arose', () => {
  const place = (source: string) => {
    const result = expression(source).run(bindings, 0);
    return result !== null && typeof result === 'object' && 'at' in result ? result.at : null;
  };
  assert.equal(place('1 + (2 / 0)'), 7);
  assert.equal(place('text == ctx.http.absent'), 16);
});

describe('a pattern that can never do', () => {
  const source = 'true ||\n text.like("(")';
  test('is a problem with its place', () => {
    const compiled = compile(source, environment(), { check: true });
    assert.ok(!compiled.ok);
    const [problem] = compiled.problems;
    assert.deepEqual([problem?.line, problem?.column, problem?.message], [2, 12, 'no pattern']);
  });
  test('is a failure of the evaluation where nothing is checked', () => {
    assert.equal(shown(expression('text.like("(")').run(bindings, 0)), 'error: no pattern');
  });
});

describe('a trace', () => {
  test('has the value of each part that was evaluated', () => {
    const traced = expression('ctx.http.path.startsWith("/v2") || list.exists(x, x + 1 == 3)');
    const { result, values } = traced.trace(bindings, 0);
    assert.equal(result, true);
    assert.equal(traced.run(bindings, 0), true);
    const texts = [...values.values()].map(shown);
    for (const text of ['"/v1/x"', '"/v2"', 'false', '[1, 2, 3]', '3', 'true']) assert.ok(texts.includes(text), text);
    assert.equal(values.get(traced.syntax.expr.id), true);
  });
  test('has nothing of what was not evaluated', () => {
    const traced = expression('false && ctx.http.size == 7');
    const { values } = traced.trace(bindings, 0);
    assert.deepEqual([...values.values()], [false, false]);
  });
  test('shows the parts of what would be computed ahead', () => {
    const { values } = expression('1 + 2 == 4').trace(bindings, 0);
    assert.deepEqual([...values.values()].map(shown), ['1', '2', '3', '4', 'false']);
  });
});

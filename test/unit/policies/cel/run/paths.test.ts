/** What is remembered of one request is never given for another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bindings } from '../../../../../policies/cel/cel.ts';
import { FullMap } from '../../../../../policies/values/map.ts';
import type { Result } from '../../../../../policies/values/value.ts';
import { expression, shown } from './support.ts';

function request(path: string | null): Bindings {
  const http = FullMap.of(path === null ? [] : [['path', path]]);
  const ctx = FullMap.of([['http', http]]);
  return { get: (name) => (name === 'ctx' ? ctx : undefined) };
}

const one = expression('ctx.http.path == "/a"');
const other = expression('ctx.http.path.startsWith("/b")');

test('requests that take turns', () => {
  const [a, b] = [request('/a'), request('/b')];
  for (let i = 0; i < 5; i++) {
    assert.deepEqual([one.run(a, 0), other.run(a, 0)], [true, false]);
    assert.deepEqual([one.run(b, 0), other.run(b, 0)], [false, true]);
    assert.deepEqual([other.run(a, 0), one.run(b, 0)], [false, false]);
  }
});

test('what one request has and the next one has not', () => {
  assert.equal(one.run(request('/a'), 0), true);
  for (const program of [one, other]) {
    assert.equal(shown(program.run(request(null), 0)), 'missing: no such key: path');
  }
});

test('two variables with one map', () => {
  const map = FullMap.of([
    ['b', FullMap.of([['c', 'inner']])],
    ['c', 'outer'],
  ]);
  const both: Bindings = { get: () => map };
  const [inner, outer] = [expression('ctx.b.c'), expression('attrs.b.c')];
  const results: Result[] = [inner.run(both, 0), outer.run(both, 0), expression('ctx["b.c"]').run(both, 0)];
  assert.deepEqual(results.map(shown), ['"inner"', '"inner"', 'missing: no such key: b.c']);
});

test('more paths than are remembered', () => {
  const fields = Array.from({ length: 200 }, (_, i) => `f${i}`);
  const programs = fields.map((field) => expression(`ctx.http.${field}`));
  const ask = (suffix: string) => {
    const http = FullMap.of(fields.map((field) => [field, field + suffix]));
    const ctx = FullMap.of([['http', http]]);
    return programs.map((program) => program.run({ get: () => ctx }, 0));
  };
  for (const suffix of ['', 'x', 'y']) {
    assert.deepEqual(
      ask(suffix),
      fields.map((field) => field + suffix),
    );
  }
});

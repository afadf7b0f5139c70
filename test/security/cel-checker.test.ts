/** Expressions whose types are meant to hold the checker: each is answered in a moment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';

const engine = createCelEngine();

/** On a slow machine. */
const MOMENT_MS = 2000;

function compile(source: string): void {
  const started = performance.now();
  engine.compile(source);
  assert.ok(performance.now() - started < MOMENT_MS, `took ${performance.now() - started} ms`);
}

test('types that double with each variable', () => {
  const count = 30;
  const names = Array.from({ length: count }, (_, i) => `x${i}`);
  const doubling = names.slice(1).map((name, i) => `[x${i}] == [{${name}: ${name}}]`);
  compile(names.reduceRight((body, name) => `[].map(${name}, ${body})`, `${doubling.join(' && ')} ? [x0] : []`));
});

test('a type that would be a part of itself', () => {
  compile('[].map(x, [].map(y, x in y && y in x))');
  compile('[].map(x, [x] == x)');
  compile('[].map(x, [].map(y, [[x], y] == [y, [x]] && x == [y]))');
});

test('deep types', () => {
  const binds = Array.from({ length: 30 }, (_, i) => `cel.bind(v${i + 1}, ${'['.repeat(30)}v${i}${']'.repeat(30)}, `);
  compile(`cel.bind(v0, 1, ${binds.join('')}v30 == v29${')'.repeat(31)}`);
});

test('a name of many parts', () => {
  compile(Array.from({ length: 90 }, () => 'a').join('.'));
});

test('many calls that go with every form', () => {
  compile(Array.from({ length: 90 }, (_, i) => `dyn(${i})`).join(' + '));
  compile(`[${Array.from({ length: 500 }, (_, i) => `dyn(${i}) < dyn(1)`).join(', ')}] == []`);
});

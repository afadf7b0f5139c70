import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileCondition } from '../../../policies/condition.ts';
import type { Condition } from '../../../src/model/index.ts';
import { BOMB, engine, input } from './fixtures.ts';

const T: Condition = { match: 'true' };
const F: Condition = { match: 'false' };
const MISSING: Condition = { match: 'ctx.device.status.x' };
const ERROR: Condition = { match: '1 / 0 == 1' };
const COST: Condition = { match: BOMB };

type Answer = true | false | 'missing' | 'error' | 'cost';

function answer(condition: Condition): Answer {
  const compiled = compileCondition(condition, engine);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const truth = compiled.condition.evaluate(input());
  return typeof truth === 'boolean' ? truth : truth.kind;
}

const CASES: readonly (readonly [Condition, Answer])[] = [
  [{ matchAny: true }, true],
  [{ matchAny: false }, false],
  [T, true],
  [F, false],
  [MISSING, 'missing'],
  [ERROR, 'error'],
  [COST, 'cost'],
  [{ match: '' }, false],
  [{ match: 'dyn("text")' }, 'error'],
  [{ match: 'dyn(1)' }, 'error'],
  [{ not: 'true' }, false],
  [{ not: 'false' }, true],
  [{ not: '' }, false],
  [{ not: 'ctx.device.status.x' }, 'missing'],
  [{ not: '1 / 0 == 1' }, 'error'],
  [{ all: { of: [] } }, false],
  [{ all: { of: [T, T] } }, true],
  [{ all: { of: [T, F] } }, false],
  [{ all: { of: [ERROR, MISSING, F] } }, false],
  [{ all: { of: [T, MISSING] } }, 'missing'],
  [{ all: { of: [MISSING, ERROR, T] } }, 'error'],
  [{ all: { of: [ERROR, MISSING] } }, 'error'],
  [{ all: { of: [ERROR, COST, F] } }, 'cost'],
  [{ any: { of: [] } }, false],
  [{ any: { of: [F, F] } }, false],
  [{ any: { of: [ERROR, MISSING, T] } }, true],
  [{ any: { of: [F, MISSING] } }, 'missing'],
  [{ any: { of: [MISSING, ERROR] } }, 'error'],
  [{ any: { of: [COST, T] } }, 'cost'],
  [{ none: { of: [] } }, false],
  [{ none: { of: [F, F] } }, true],
  [{ none: { of: [ERROR, T] } }, false],
  [{ none: { of: [F, MISSING] } }, 'missing'],
  [{ none: { of: [F, ERROR] } }, 'error'],
  [{ none: { of: [COST, F] } }, 'cost'],
  [{ all: { of: [{ any: { of: [F, T] } }, { none: { of: [F] } }, { not: 'false' }] } }, true],
];

describe('what a condition gives', () => {
  for (const [condition, expected] of CASES) {
    test(`${JSON.stringify(condition)} -> ${expected}`, () => assert.equal(answer(condition), expected));
  }
});

function problemsOf(condition: Condition) {
  const compiled = compileCondition(condition, engine);
  assert.ok(!compiled.ok);
  return compiled.problems;
}

test('a problem has its path in the condition and its place in the text', () => {
  const problems = problemsOf({ all: { of: [T, { any: { of: [{ not: 'true &&\n ctxt.a' }] } }] } });
  const [problem, ...more] = problems;
  assert.deepEqual(more, []);
  assert.deepEqual(problem?.path, ['all', 'of', 1, 'any', 'of', 0, 'not']);
  assert.deepEqual([problem?.line, problem?.column, problem?.suggestion], [2, 2, 'did you mean "ctx"?']);
});

test('a condition that gives anything but a bool is refused, as far as that is known', () => {
  for (const [match, type] of Object.entries({
    '"text"': 'string',
    '1': 'int',
    'ctx.user.spec.groups': 'list(string)',
  })) {
    assert.equal(problemsOf({ match })[0]?.message, `a condition must give a bool; this gives ${type}`);
  }
  assert.equal(problemsOf({ not: 'ctx.user.metadata.name' }).length, 1);
});

test('all problems are reported, not only the first', () => {
  assert.equal(problemsOf({ any: { of: [{ match: 'x' }, { match: 'y' }] } }).length, 2);
});

test('Rego is refused', () => assert.match(problemsOf({ opa: { inline: 'package x' } })[0]?.message ?? '', /Rego/));

test('a condition has exactly one form', () => {
  assert.match(problemsOf({})[0]?.message ?? '', /exactly one/);
  assert.match(problemsOf({ match: 'true', not: 'true' })[0]?.message ?? '', /exactly one/);
});

function nested(depth: number): Condition {
  return depth === 1 ? T : { all: { of: [nested(depth - 1)] } };
}

test('conditions nest 16 deep and no deeper', () => {
  assert.equal(answer(nested(16)), true);
  assert.match(problemsOf(nested(17))[0]?.message ?? '', /at most 16/);
});

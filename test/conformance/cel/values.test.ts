import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Compiled, compile } from '../../../policies/cel/cel.ts';
import { typeText } from '../../../policies/cel/types/text.ts';
import { Failure } from '../../../policies/values/failure.ts';
import type { Result, Value } from '../../../policies/values/value.ts';
import { sameForm } from '../../support/cel/same-form.ts';
import { CASES, type Case, type Original } from './data.ts';
import { environmentFor } from './environment.ts';
import { typeFrom, valueFrom } from './json-forms.ts';
import { isLeftOut, LEFT_OUT, LEFT_OUT_OF_CHECKER } from './left-out.ts';
import { report } from './report.ts';

const TIME = Date.UTC(2026, 0, 1);

function compileCase(original: Original, check: boolean): Compiled {
  return compile(original.expr, environmentFor(original), { check });
}

function bindingsOf({ bindings = {} }: Original): Map<string, Value> {
  return new Map(Object.entries(bindings).map(([name, { value }]) => [name, valueFrom(value!)]));
}

function checkCase({ original }: Case): void {
  const { evalError, checkOnly = false, disableCheck = false, typedResult } = original;
  const compiled = compileCase(original, !disableCheck);
  if (!compiled.ok) {
    assert.ok(evalError !== undefined, compiled.problems[0]?.message ?? '');
    return;
  }
  if (typedResult !== undefined) {
    assert.equal(typeText(compiled.expression.type), typeText(typeFrom(typedResult.deducedType)));
  }
  if (!checkOnly) checkResult(original, compiled.expression.run(bindingsOf(original), TIME));
}

function checkResult({ evalError, value, typedResult }: Original, result: Result): void {
  const told = result instanceof Failure ? result.message : 'there is a value';
  assert.equal(result instanceof Failure, evalError !== undefined, told);
  if (!(result instanceof Failure)) sameForm(result, valueFrom(value ?? typedResult?.result ?? { boolValue: true }));
}

const CONFORMANCE = CASES.filter(({ path }) => path.startsWith('conformance/'));

test('every value is that of the specification', () => {
  const cases = CONFORMANCE.filter(({ path }) => !isLeftOut(path, LEFT_OUT));
  report('value', cases, checkCase, CONFORMANCE.length - cases.length);
});

test('expressions of the tests of cel-go with two variables give true', () => {
  const cases = CASES.filter(({ path, original }) => path.startsWith('comprehensions/') && isCondition(original));
  report('two-variable', cases, checkCase);
});

/** Those that stand for themselves; the others are of its type checker. */
function isCondition({ typeEnv, expr }: Original): boolean {
  return typeEnv === undefined && expr.startsWith('\n');
}

test('what is left out is there', () => {
  for (const path of [...LEFT_OUT, ...LEFT_OUT_OF_CHECKER].flatMap(({ tests }) => tests)) {
    assert.ok(
      CASES.some((one) => (path.endsWith('/') ? one.path.startsWith(path) : one.path === path)),
      path,
    );
  }
});

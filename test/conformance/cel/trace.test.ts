/**
 * Nothing is computed ahead, fused or remembered for a trace; it must still give what the evaluation gives, and so must
 * an expression whose variables are all constants.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../../policies/cel/cel.ts';
import { DEFAULT_LIMITS, type Environment } from '../../../policies/cel/environment.ts';
import { FUNCTIONS } from '../../../policies/cel/library/functions.ts';
import { typeOfValue } from '../../../policies/cel/tool/value-type.ts';
import { Failure } from '../../../policies/values/failure.ts';
import { sameForm } from '../../support/cel/same-form.ts';
import { expressions, VARIABLES } from './expressions.ts';

const ENVIRONMENT: Environment = {
  container: '',
  variables: new Map(Array.from(VARIABLES, ([name, value]) => [name, typeOfValue(value)])),
  functions: FUNCTIONS,
  limits: DEFAULT_LIMITS,
};

test('a trace gives the same value, or the same failure at the same place, and so does what is computed ahead', () => {
  fc.assert(
    fc.property(expressions, (source) => {
      const compiled = compile(source, ENVIRONMENT, { check: false });
      assert.ok(compiled.ok, source);
      const { expression } = compiled;
      const [value, again] = [expression.run(VARIABLES, 0), expression.run(VARIABLES, 0)];
      const { result, values } = expression.trace(VARIABLES, 0);
      assert.deepEqual(values.get(expression.syntax.expr.id), result, source);
      const known = expression.knowing(VARIABLES).run(VARIABLES, 0);
      for (const other of [again, result, known]) {
        if (value instanceof Failure || other instanceof Failure) assert.deepEqual(other, value, source);
        else sameForm(other, value);
      }
    }),
    { numRuns: 2000 },
  );
});

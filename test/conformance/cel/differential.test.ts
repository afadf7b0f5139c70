import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../../policies/cel/cel.ts';
import { DEFAULT_LIMITS, type Environment } from '../../../policies/cel/environment.ts';
import { FUNCTIONS } from '../../../policies/cel/library/functions.ts';
import { typeOfValue } from '../../../policies/cel/tool/value-type.ts';
import { Failure } from '../../../policies/values/failure.ts';
import type { Result } from '../../../policies/values/value.ts';
import { sameForm } from '../../support/cel/same-form.ts';
import { expressions, VARIABLES } from './expressions.ts';
import { otherEngine } from './other-engine.ts';

const CASES = 2_000;
const SEED = Number(process.env.CEL_SEED ?? 20_260_101);
const ENVIRONMENT: Environment = {
  container: '',
  variables: new Map(Array.from(VARIABLES, ([name, value]) => [name, typeOfValue(value)])),
  functions: FUNCTIONS,
  limits: DEFAULT_LIMITS,
};

/** `undefined`: the checker refuses it. */
function ourEngine(source: string, check: boolean): Result | undefined {
  const compiled = compile(source, ENVIRONMENT, { check });
  if (compiled.ok) return compiled.expression.run(VARIABLES, 0);
  assert.ok(check, compiled.problems[0]?.message ?? '');
  return undefined;
}

function agree(source: string, ours: Result, theirs: Result): void {
  const told = ours instanceof Failure ? ours.message : 'there is a value';
  assert.equal(ours instanceof Failure, theirs instanceof Failure, `${source}: ${told}`);
  if (!(theirs instanceof Failure) && !(ours instanceof Failure)) sameForm(ours, theirs);
}

function holdsForAll(check: (source: string) => void): void {
  fc.assert(fc.property(expressions, check), { numRuns: CASES, seed: SEED });
}

test(`${CASES} expressions give what @bufbuild/cel gives (CEL_SEED=${SEED})`, () => {
  console.log(`differential: seed ${SEED}`);
  holdsForAll((source) => agree(source, ourEngine(source, false)!, otherEngine(source, VARIABLES)));
});

test('what the checker knows makes no difference to a value', () => {
  holdsForAll((source) => {
    const checked = ourEngine(source, true);
    if (checked !== undefined) agree(source, checked, ourEngine(source, false)!);
  });
});

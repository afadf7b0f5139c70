import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differEarly, differRequests } from './run.ts';

/** The long form is `npm run differential`. */
test('whatever is accepted, a strict reading accepts, and the upstream saw exactly that', async () => {
  const { cases, compared } = await differRequests({ cases: 2_000, seed: 20_261_121 });
  assert.equal(cases, 2_000);
  // Most of what is generated must say something, otherwise nothing was compared.
  assert.ok(compared > 1_000, `${compared} requests compared`);
});

test('the same holds before an upstream that answers before it has the body (R10)', async () => {
  const { compared } = await differEarly({ cases: 500, seed: 20_261_121 });
  assert.ok(compared > 250, `${compared} requests compared`);
});

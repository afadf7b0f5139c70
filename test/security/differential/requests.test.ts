import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differRequests } from './run.ts';

/** The long form is `npm run differential`. */
test('whatever is accepted, a strict reading accepts, and the upstream saw exactly that', async () => {
  const { cases, compared } = await differRequests({ cases: 2_000, seed: 20_261_121 });
  assert.equal(cases, 2_000);
  // Most of what is generated must say something, otherwise nothing was compared.
  assert.ok(compared > 1_000, `${compared} requests compared`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differAnswers } from './run.ts';

/** The long form is `npm run differential`. */
test('whatever is accepted of an upstream, the client of node:http accepts, and nobody gets the bytes of another', async () => {
  const { cases, compared } = await differAnswers({ cases: 2_000, seed: 20_261_121 });
  assert.equal(cases, 2_000);
  // Most of what is generated must be accepted, otherwise nothing was compared.
  assert.ok(compared > 700, `${compared} answers compared`);
});

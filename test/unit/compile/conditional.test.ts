import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Truth } from '../../../policies/condition.ts';
import { conditional } from '../../../src/compile/conditional.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { SlotTable } from '../../../src/gateway/slot.ts';
import { authorized } from '../plugins/support.ts';

const OBJECTION = refuse('policy-denied');

async function verdictOf(truth: Truth) {
  const plugin = { authorize: async () => OBJECTION };
  const { authorize } = conditional(plugin, { evaluate: () => truth }, new SlotTable().slot<boolean>());
  const verdict = await authorize!(authorized());
  return verdict.kind === 'refusal' ? verdict.reason : verdict.kind;
}

test('a plugin that objects does so where its condition matches, and a condition that fails objects too', async () => {
  assert.equal(await verdictOf(true), 'policy-denied');
  assert.equal(await verdictOf(false), 'no-objection');
  assert.equal(await verdictOf({ kind: 'missing', message: 'no user' }), 'no-objection');
  assert.equal(await verdictOf({ kind: 'error', message: 'no number' }), 'plugin-error');
});

test('what a plugin alone may say is hidden from upstreams also where its condition never matches', () => {
  const credentials = { headers: ['x-country'], parameters: [] };
  const never = { evaluate: () => false, certain: false } as const;
  const plugin = conditional({ credentials, onRequest: () => OBJECTION }, never, new SlotTable().slot<boolean>());
  assert.deepEqual(plugin, { credentials });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHeaderValue } from '../../../src/base/header-text.ts';
import { decisionHeader } from '../../../src/gateway/decision-header.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { run } from './in-memory.ts';

test('names of policies cannot end the header or look like another field', async () => {
  const { x } = await run();
  const decision = { effect: 'deny', reason: 'policy-denied', detail: null } as const;
  x.decision = { ...decision, policy: 'Service/a#x", effect=allow\r\nset-cookie: a', rule: 'Prüfung 😀' };
  x.refusal = refuse('policy-denied');
  const value = decisionHeader(x);
  assert.ok(isHeaderValue(value));
  assert.match(value, /^id="[^"]+", effect=deny, reason=policy-denied, /);
  assert.ok(value.includes('policy="Service/a#x\\", effect=allow\\r\\nset-cookie: a"'));
  assert.ok(value.includes('rule="Pr\\u00fcfung \\ud83d\\ude00"'));
});

test('what was allowed and then refused is denied', async () => {
  const { x } = await run();
  x.refusal = refuse('no-config');
  assert.match(decisionHeader(x), /effect=deny, reason=no-config/);
});

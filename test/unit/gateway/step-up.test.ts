import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '../../../identity/principal.ts';
import type { Decision } from '../../../policies/decision.ts';
import { run } from './in-memory.ts';

const ANYBODY = { kind: 'human', user: {}, session: {}, groups: [], device: null } as unknown as Principal;
const RAISED = { ...ANYBODY } as Principal;

const ALLOW: Decision = { effect: 'allow', reason: 'policy-allowed', policy: 'p', rule: 'r', detail: null };
const deny = (reason: Decision['reason']): Decision => ({ ...ALLOW, effect: 'deny', reason });

interface Case {
  readonly now: Decision;
  readonly raised?: Decision;
  readonly nothingToRaise?: boolean;
}

/** Asks a Service whose policies say `now`, and `raised` to whoever has shown a second factor. */
async function ask({ now, raised = ALLOW, nothingToRaise = false }: Case) {
  const asked: Principal[] = [];
  const authorize = (principal: Principal) => {
    asked.push(principal);
    return principal === RAISED ? raised : now;
  };
  const identify = () => ({ kind: 'identified', principal: ANYBODY, shownIn: 'cookie' }) as const;
  const parts = { identify, raised: () => (nothingToRaise ? null : RAISED) };
  const { x, seen } = await run({ service: { anonymous: false, authorizer: { authorize } }, parts });
  return { reason: x.refusal?.reason, decision: x.decision, asked: asked.length, forwarded: seen.length };
}

for (const reason of ['policy-denied', 'no-policy-match', 'policy-error'] as const) {
  test(`${reason} that a second factor would change asks for one, and the log has what was decided`, async () => {
    const now = deny(reason);
    assert.deepEqual(await ask({ now }), { reason: 'step-up-required', decision: now, asked: 2, forwarded: 0 });
  });

  test(`${reason} that it would not change stays, after one more question`, async () => {
    const now = deny(reason);
    assert.deepEqual(await ask({ now, raised: deny('policy-denied') }), {
      reason,
      decision: now,
      asked: 2,
      forwarded: 0,
    });
  });
}

test('what no policy says is not asked again', async () => {
  for (const reason of ['session-not-active', 'user-disabled', 'scope-insufficient', 'policy-cost'] as const) {
    const { reason: given, asked } = await ask({ now: deny(reason) });
    assert.deepEqual([given, asked], [reason, 1]);
  }
});

test('who has no second factor to show, such as a program, is not asked about again', async () => {
  const { reason, asked } = await ask({ now: deny('policy-denied'), nothingToRaise: true });
  assert.deepEqual([reason, asked], ['policy-denied', 1]);
});

test('what is allowed is asked once', async () => {
  assert.deepEqual((await ask({ now: ALLOW })).asked, 1);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Attempts, LOCKED_MS, MOST_FAILURES } from '../../../../identity/factors/attempts.ts';
import { raisedPrincipal } from '../../../../identity/factors/raised-principal.ts';
import { RecoveryCodes } from '../../../../identity/factors/recovery-codes.ts';
import { Tickets } from '../../../../identity/factors/tickets.ts';
import { ANONYMOUS } from '../../../../identity/principal.ts';
import { newSealingKey } from '../../../../identity/sign-in/cookie-sealer.ts';
import { MemoryIdentityStore } from '../../../support/memory-identity-store.ts';
import { TestClock } from '../../../support/test-clock.ts';
import { ALICE, DEMO_SIGN_IN, IdentityFixture, user } from '../fixture.ts';

function world() {
  const clock = new TestClock();
  const { records } = new MemoryIdentityStore(() => clock.now());
  return { clock, records };
}

describe('attempts', () => {
  test('are five, then none for fifteen minutes after the last', async () => {
    const { clock, records } = world();
    const attempts = new Attempts(records, clock);
    const allowed = [];
    for (let i = 0; i < MOST_FAILURES + 1; i++) allowed.push(await attempts.begin('alice'));
    assert.deepEqual(allowed, [true, true, true, true, true, false]);
    assert.equal(await attempts.begin('bob'), true);
    clock.advance(LOCKED_MS - 1);
    assert.equal(await attempts.begin('alice'), false);
    clock.advance(1);
    assert.equal(await attempts.begin('alice'), true);
  });

  test('are forgotten after a success', async () => {
    const { clock, records } = world();
    const attempts = new Attempts(records, clock);
    for (let i = 0; i < MOST_FAILURES; i++) await attempts.begin('alice');
    await attempts.succeeded('alice');
    assert.equal(await attempts.begin('alice'), true);
  });
});

describe('a ticket', () => {
  const { clock, records } = world();
  const key = newSealingKey();
  const tickets = new Tickets({ records, clock, key });

  test('is read by every process, for its purpose, in its session, and for five minutes', () => {
    const { challenge, ticket } = tickets.issue('register', 's1');
    const another = new Tickets({ records, clock, key });
    assert.equal(another.read(ticket, 'register', 's1'), challenge);
    assert.equal(another.read(ticket, 'second-factor', 's1'), null);
    assert.equal(another.read(ticket, 'register', 's2'), null);
    assert.equal(another.read(ticket, 'register', null), null);
    assert.equal(new Tickets({ records, clock, key: newSealingKey() }).read(ticket, 'register', 's1'), null);
    clock.advance(5 * 60_000);
    assert.equal(another.read(ticket, 'register', 's1'), null);
  });

  test('is claimed once', async () => {
    const { challenge } = tickets.issue('sign-in', null);
    assert.deepEqual([await tickets.claim(challenge), await tickets.claim(challenge)], [true, false]);
  });
});

describe('recovery codes', () => {
  test('are of their user only, also when the name is given to another', async () => {
    const codes = new RecoveryCodes(world().records);
    const [alice, bob] = [user('alice'), user('bob')];
    const again = { ...alice, metadata: { name: 'alice', uid: 'second' } };
    const first = { ...alice, metadata: { name: 'alice', uid: 'first' } };
    const [code = ''] = await codes.renew(first);
    assert.equal(await codes.use(bob, code), false);
    assert.equal(await codes.left(again), 0);
    assert.equal(await codes.use(again, code), false);
  });

  test('are not stored as they are', async () => {
    const { records } = world();
    const codes = await new RecoveryCodes(records).renew(ALICE);
    const kept = JSON.stringify(await records.ofOwner('recovery-code', 'alice'));
    for (const code of codes) assert.ok(!kept.includes(code) && !kept.includes(code.replaceAll('-', '')));
  });
});

test('only a person in a browser is raised, and the session that they have stays as it is', async () => {
  const fixture = new IdentityFixture();
  const terms = fixture.config.directory.sessionTermsOf(ALICE);
  const origin = { address: '192.0.2.1', userAgent: null };
  const session = await fixture.sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  const alice = { kind: 'human', user: ALICE, groups: [], session, device: null } as const;
  const raised = raisedPrincipal(alice, 5000)!;
  assert.equal(raised.session.status.authentication.info.aal, 'AAL2');
  assert.equal(raised.session.status.authentication.setAt, new Date(5000).toISOString());
  assert.equal(session.status.authentication.info.aal, undefined);
  assert.equal(raisedPrincipal(alice, 5000), raised);
  assert.equal(raisedPrincipal(ANONYMOUS, 5000), null);
  assert.equal(raisedPrincipal({ ...alice, kind: 'workload' }, 5000), null);
  const ofProgram = { ...session, status: { ...session.status, isBrowser: false } };
  assert.equal(raisedPrincipal({ ...alice, session: ofProgram }, 5000), null);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { LeasedLimits } from '../../../../src/gateway/limits/leased-limits.ts';
import type { LimitRule, Standing } from '../../../../src/gateway/limits/limits.ts';
import { TestClock } from '../../../support/test-clock.ts';
import { allowedOf, gateway, type Member, rule } from './support.ts';

for (const algorithm of ['sliding-window', 'fixed-window', 'token-bucket', 'concurrency'] as const) {
  test(`requests in turn and at once, four workers: exactly the limit gets through, ${algorithm}`, async () => {
    const { members, messages, clock } = gateway(4);
    const limit = rule(algorithm, 1_000);
    const all: Standing[] = [];
    for (let i = 0; all.length < 3_000; i = (i * 7 + 3) % 101) {
      const { limits } = members[i % 4]!;
      if (i % 3 === 0) all.push(...(await Promise.all(Array.from({ length: 17 }, () => limits.take(limit, 'k')))));
      else for (let n = 0; n < 5; n++) all.push(await limits.take(limit, 'k'));
      clock.advance(0.01);
    }
    assert.equal(allowedOf(all), 1_000);
    assert.ok(messages.count < 1_000, `${messages.count} messages`);
  });
}

test('what is leased counts until it is given back: no window ever has more than the limit', async () => {
  const { members, clock } = gateway(3);
  const limit = rule('sliding-window', 50, 1_000);
  const times: number[] = [];
  for (let i = 0; i < 4_000; i++) {
    const { allowed } = await members[(i * i) % 3]!.limits.take(limit, 'k');
    if (allowed) times.push(clock.monotonic());
    clock.advance((i * 31) % 17);
  }
  for (const [i, time] of times.entries()) {
    assert.ok(i < 50 || time - times[i - 50]! >= 1_000, `51 in ${time - times[i - 50]!} ms`);
  }
  assert.ok(times.length > 1_000, `${times.length}`);
});

test('"nothing before" is remembered: refusals ask nobody', async () => {
  const { members, messages, clock } = gateway(2);
  const limit = rule('fixed-window', 2, 1_000);
  const { limits } = members[0]!;
  await Promise.all([limits.take(limit, 'k'), limits.take(limit, 'k'), limits.take(limit, 'k')]);
  const { count } = messages;
  for (let i = 0; i < 100; i++) assert.equal((await limits.take(limit, 'k')).allowed, false);
  assert.equal(messages.count, count);
  clock.advance(1_001);
  assert.equal((await limits.take(limit, 'k')).allowed, true);
});

async function lease({ limits }: Member, limit: LimitRule): Promise<void> {
  for (let i = 0; i < 3; i++) await limits.take(limit, 'k');
}

test('what a worker holds that has ended counts as used', async () => {
  const { members, owner } = gateway(2);
  const [dead, other] = members as [Member, Member];
  const limit = rule('fixed-window', 100);
  await lease(dead, limit);
  owner.gone(dead);
  const rest = await Promise.all(Array.from({ length: 100 }, () => other.limits.take(limit, 'k')));
  assert.ok(allowedOf(rest) < 97 && allowedOf(rest) > 50, String(allowedOf(rest)));
});

test('requests at a time end with their worker', async () => {
  const { members, owner } = gateway(2);
  const [dead, other] = members as [Member, Member];
  const limit = rule('concurrency', 3, 0);
  await lease(dead, limit);
  assert.equal((await other.limits.take(limit, 'k')).allowed, false);
  owner.gone(dead);
  const [first] = await Promise.all([dead.limits.take(limit, 'k'), other.limits.recall({ id: limit.id, key: 'k' })]);
  assert.equal(first.allowed, false);
});

test('a worker that does not answer keeps what it holds', async () => {
  const { members } = gateway(2);
  const [hung, other] = members as [Member, Member];
  const limit = rule('fixed-window', 100);
  await lease(hung, limit);
  hung.hangs = true;
  const rest = await Promise.all(Array.from({ length: 100 }, () => other.limits.take(limit, 'k')));
  assert.ok(allowedOf(rest) < 97, String(allowedOf(rest)));
});

test('attack: more keys than there is room for count together, and nobody is forgotten', async () => {
  const { members } = gateway(2, { mostKeys: 10 });
  const limit = rule('fixed-window', 2);
  const { limits } = members[0]!;
  for (let i = 0; i < 10; i++) for (let n = 0; n < 2; n++) assert.ok((await limits.take(limit, `k${i}`)).allowed);
  const others = await Promise.all(Array.from({ length: 100 }, (_, i) => limits.take(limit, `other${i}`)));
  assert.equal(allowedOf(others), 2);
  assert.equal((await limits.take(limit, 'k0')).allowed, false);
});

test('what was shared at a time is given back to where it came from', async () => {
  const { members } = gateway(2, { mostKeys: 1 });
  const limit = rule('concurrency', 1, 0);
  const { limits } = members[0]!;
  const [first, second] = [await limits.take(limit, 'a'), await limits.take(limit, 'b')];
  assert.equal((await limits.take(limit, 'c')).allowed, false);
  second.release!();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await limits.take(limit, 'd')).allowed, true);
  first.release!();
  assert.equal((await limits.take(limit, 'a')).allowed, true);
});

test('a question that fails refuses all that waited for it', async () => {
  const limits = new LeasedLimits(
    { ask: () => Promise.reject(new Error('the supervisor is gone')), giveBack: () => {} },
    new TestClock(),
  );
  after(() => limits.close());
  const all = await Promise.allSettled(
    Array.from({ length: 3 }, async () => limits.take(rule('fixed-window', 2), 'k')),
  );
  assert.deepEqual([...new Set(all.map(({ status }) => status))], ['rejected']);
});

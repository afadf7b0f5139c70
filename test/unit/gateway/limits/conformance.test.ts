import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../../src/base/clock.ts';
import { SecretValue } from '../../../../src/base/secret-value.ts';
import type { Algorithm, Limits, Standing } from '../../../../src/gateway/limits/limits.ts';
import { LocalLimits } from '../../../../src/gateway/limits/local-limits.ts';
import { shareByRedis } from '../../../../src/redis/shared.ts';
import { HAS_REDIS, RedisServer } from '../../../support/redis.ts';
import { TestClock } from '../../../support/test-clock.ts';
import { allowedOf, gateway, HOUR, rule, TestLedger } from './support.ts';

/** Whoever counts, as several processes see it. */
interface Counted {
  readonly members: readonly Limits[];
  /** Lets at least so many milliseconds pass. */
  readonly pass: (ms: number) => unknown;
}

const server = HAS_REDIS || process.env.CI === 'true' ? await RedisServer.start() : null;
let domains = 0;

const IMPLEMENTATIONS: Record<string, () => Counted> = {
  local: () => {
    const clock = new TestClock();
    const limits = new LocalLimits({ clock, ledger: new TestLedger() });
    after(() => limits.close());
    return { members: [limits], pass: (ms) => clock.advance(ms) };
  },
  leased: () => {
    const { members, clock } = gateway(3, { ledger: new TestLedger() });
    return { members: members.map(({ limits }) => limits), pass: (ms) => clock.advance(ms) };
  },
  redis: () => {
    const domain = `d${domains++}`;
    const open = () => {
      const warn = (message: string) => assert.fail(message);
      const url = new SecretValue(server!.url);
      const shared = shareByRedis({ url, key: null, timeout: 20_000, domain, clock: systemClock, warn });
      after(() => shared.close());
      return shared.limits;
    };
    return { members: [open(), open(), open()], pass: (ms) => wait(Math.ceil(ms) + 1) };
  },
};

const ALL = ['sliding-window', 'fixed-window', 'token-bucket', 'leaky-bucket', 'concurrency', 'day', 'month'] as const;
const WINDOWS = ['sliding-window', 'fixed-window', 'token-bucket', 'leaky-bucket'] as const;

const here = Object.entries(IMPLEMENTATIONS).filter(([name]) => name !== 'redis' || server !== null);
if (server === null) test('redis', { skip: 'redis-server is missing' }, () => undefined);

for (const [name, make] of here) {
  for (const algorithm of ALL) {
    test(`${name}: at once and one after the other, exactly the limit gets through, ${algorithm}`, async () => {
      const { members } = make();
      const limit = rule(algorithm, 100, HOUR, algorithm === 'leaky-bucket' ? 99 : 100);
      const at = (i: number) => members[i % members.length] as Limits;
      const all: Standing[] = [];
      for (let i = 0; i < 40; i++) all.push(await at(i).take(limit, 'k'));
      all.push(...(await Promise.all(Array.from({ length: 300 }, (_, i) => at(i).take(limit, 'k')))));
      assert.equal(allowedOf(all), 100);
      assert.equal((await at(0).take(limit, 'another')).allowed, true);
    });
  }

  for (const algorithm of WINDOWS) {
    test(`${name}: a refusal says when there is room, and then there is, ${algorithm}`, async () => {
      const { members, pass } = make();
      const [limits] = members as [Limits];
      const limit = rule(algorithm, 7, 300, algorithm === 'token-bucket' ? 7 : 3);
      const refused = await firstRefusal(limits, algorithm);
      assert.ok(refused.resetMs > 0 && refused.resetMs <= 300 * (17 / 16), String(refused.resetMs));
      await pass(refused.resetMs + 1);
      assert.equal((await limits.take(limit, 'k')).allowed, true);
    });
  }

  test(`${name}: a leaky bucket spaces requests, and refuses those that do not fit`, async () => {
    const [limits] = make().members as [Limits];
    const limit = rule('leaky-bucket', 10, HOUR, 3);
    const all = await Promise.all(Array.from({ length: 6 }, () => limits.take(limit, 'k')));
    const minutes = all.map(({ allowed, delayMs }) => (allowed ? Math.round(delayMs / 60_000) : 'refused'));
    assert.deepEqual(minutes, [0, 6, 12, 18, 'refused', 'refused']);
  });

  test(`${name}: how much is left is told`, async () => {
    const [limits] = make().members as [Limits];
    for (const algorithm of [
      'sliding-window',
      'fixed-window',
      'token-bucket',
      'day',
      'month',
      'concurrency',
    ] as const) {
      const limit = rule(algorithm, 3);
      const left = [];
      for (let i = 0; i < 3; i++) left.push((await limits.take(limit, 'k')).remaining);
      assert.deepEqual(left, [2, 1, 0], algorithm);
    }
  });

  test(`${name}: what is over makes room`, async () => {
    const { members } = make();
    const limit = rule('concurrency', 2, 0);
    const [first] = [await members[0]!.take(limit, 'k'), await members.at(-1)!.take(limit, 'k')];
    assert.equal((await members[0]!.take(limit, 'k')).allowed, false);
    first.release!();
    assert.equal((await members[0]!.take(limit, 'k')).allowed, true);
    assert.equal((await members[0]!.take(limit, 'k')).allowed, false);
  });

  test(`${name}: a quota that was raised has been used as before, and says when it ends`, async () => {
    const [limits] = make().members as [Limits];
    const month = { ...rule('month', 5, 0), id: 'plan' };
    for (let i = 0; i < 5; i++) assert.equal((await limits.take(month, 'k')).allowed, true);
    const refused = await limits.take(month, 'k');
    assert.equal(refused.allowed, false);
    assert.ok(refused.resetMs > 0 && refused.resetMs <= 31 * 24 * HOUR);
    assert.equal((await limits.take({ ...month, limit: 6 }, 'k')).remaining, 0);
    assert.equal((await limits.take({ ...month, limit: 6 }, 'k')).allowed, false);
  });
}

async function firstRefusal(limits: Limits, algorithm: Algorithm): Promise<Standing> {
  const limit = rule(algorithm, 7, 300, algorithm === 'token-bucket' ? 7 : 3);
  for (let i = 0; i < 1_000; i++) {
    const standing = await limits.take(limit, 'k');
    if (!standing.allowed) return standing;
  }
  return assert.fail('nothing is refused');
}

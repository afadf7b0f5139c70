import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Algorithm, LimitRule } from '../../../../src/gateway/limits/limits.ts';
import { LocalLimits } from '../../../../src/gateway/limits/local-limits.ts';
import { networkOf } from '../../../../src/plugins/rate-limit/network.ts';
import { TestClock } from '../../../support/test-clock.ts';
import { TestLedger } from './support.ts';

function rule(algorithm: Algorithm, limit: number, window = 1_000, burst = limit): LimitRule {
  return { id: 'rule', algorithm, limit, window, burst };
}

function local(ledger = new TestLedger(), clock = new TestClock()) {
  const limits = new LocalLimits({ clock, ledger });
  after(() => limits.close());
  const take = async (limit: LimitRule) => (await limits.take(limit, 'k')).allowed;
  const taken = async (limit: LimitRule, times: number) => {
    let allowed = 0;
    for (let i = 0; i < times; i++) if (await take(limit)) allowed++;
    return allowed;
  };
  return { limits, clock, ledger, take, taken };
}

test('a fixed window begins with its first request', async () => {
  const { clock, taken } = local();
  const limit = rule('fixed-window', 3);
  assert.equal(await taken(limit, 5), 3);
  clock.advance(999);
  assert.equal(await taken(limit, 5), 0);
  clock.advance(1);
  assert.equal(await taken(limit, 5), 3);
});

test('a token bucket fills steadily, up to its burst', async () => {
  const { clock, taken } = local();
  const limit = rule('token-bucket', 10, 1_000, 4);
  assert.equal(await taken(limit, 9), 4);
  clock.advance(200);
  assert.equal(await taken(limit, 9), 2);
  clock.advance(60_000);
  assert.equal(await taken(limit, 9), 4);
});

const DAY = rule('day', 250, 0, 0);

test('a quota is kept before it is used, in blocks; what was kept ahead comes back when it ends well', async () => {
  const { ledger, clock, limits, taken } = local();
  assert.equal(await taken(DAY, 100), 100);
  assert.ok(ledger.writes > 20 && ledger.writes < 60, String(ledger.writes));
  const crashed = local(ledger, clock);
  const [used] = [...ledger.kept.values()];
  assert.ok(used!.count >= 100 && used!.count <= 103, String(used!.count));
  assert.equal(await crashed.taken(DAY, 300), 250 - used!.count);
  limits.close();
});

test('a quota begins again with the day, and never when the clock goes back', async () => {
  const { clock, taken } = local();
  assert.equal(await taken(DAY, 300), 250);
  clock.step(-3 * 86_400_000);
  assert.equal(await taken(DAY, 10), 0);
  clock.step(5 * 86_400_000);
  assert.equal(await taken(DAY, 10), 10);
});

test('a quota that cannot be kept lets nothing through', async () => {
  const { ledger, limits, taken } = local();
  ledger.fails = true;
  await assert.rejects(async () => limits.take(DAY, 'k'), /disk is full/);
  ledger.fails = false;
  assert.equal(await taken(DAY, 300), 249);
});

for (const [address, network] of [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
] as const) {
  test(`the network of ${address}`, () => assert.equal(networkOf(address), network));
}

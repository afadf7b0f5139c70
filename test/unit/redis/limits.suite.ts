import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { LimitRule } from '../../../src/gateway/limits/limits.ts';
import { type RedisShared, shareByRedis } from '../../../src/redis/shared.ts';
import { RedisServer } from '../../support/redis.ts';
import { until } from '../../support/until.ts';

const server = await RedisServer.start();
let domains = 0;

function shared(more: { url?: string; timeout?: number; domain?: string; key?: string } = {}) {
  const { url = server.url, timeout = 20_000, domain = `u${domains++}`, key } = more;
  const said: string[] = [];
  const sealedBy = key === undefined ? null : new SecretValue(key);
  const parts = { url: new SecretValue(url), key: sealedBy, timeout, domain, clock: systemClock };
  const opened: RedisShared = shareByRedis({ ...parts, warn: (message) => void said.push(message) });
  after(() => opened.close());
  return { ...opened, said, domain };
}

const FEW: LimitRule = { id: 'few', algorithm: 'fixed-window', limit: 10, window: 3_600_000, burst: 0 };
const AT_A_TIME: LimitRule = { id: 'at a time', algorithm: 'concurrency', limit: 1, window: 0, burst: 0 };

test('one command for each check, of all algorithms', async () => {
  const { limits } = shared();
  const algorithms = ['sliding-window', 'fixed-window', 'token-bucket', 'leaky-bucket', 'concurrency', 'day'] as const;
  const take = (i: number) => {
    const algorithm = algorithms[i % algorithms.length]!;
    return limits.take({ ...FEW, id: algorithm, algorithm, limit: 1_000, burst: 100 }, 'k');
  };
  await Promise.all(algorithms.map((_, i) => take(i)));
  const before = await server.calls();
  await Promise.all(Array.from({ length: 60 }, (_, i) => take(i)));
  const { evalsha = 0, eval: evaluated = 0 } = await server.calls();
  assert.equal(evalsha - (before.evalsha ?? 0), 60);
  assert.equal(evaluated, before.eval);
});

test('a server that has forgotten its scripts is taught them again', async () => {
  const { limits, said } = shared();
  await limits.take(FEW, 'k');
  await server.command('SCRIPT', 'FLUSH');
  const all = await Promise.all(Array.from({ length: 20 }, () => limits.take(FEW, 'k')));
  assert.equal(all.filter(({ allowed }) => allowed).length, 9);
  assert.deepEqual(said, []);
});

test('keys are short, say nothing of who asks, and end by themselves', async () => {
  const { limits, domain } = shared();
  await limits.take({ ...FEW, window: 1_000 }, `=alice@example.com${'x'.repeat(100)}`);
  await limits.take({ ...FEW, algorithm: 'day' }, '=alice@example.com');
  const keys = await server.keys(`ostiary:${domain}:*`);
  assert.equal(keys.length, 2);
  for (const key of keys) {
    assert.match(key, /^ostiary:u\d+:limit:[\w-]{43}$/);
    assert.ok(Number(await server.command('PTTL', key)) > 0);
  }
});

test('two installations with one Redis do not count together', async () => {
  const [one, other] = [shared(), shared()];
  assert.equal((await one.limits.take(AT_A_TIME, 'k')).allowed, true);
  assert.equal((await other.limits.take(AT_A_TIME, 'k')).allowed, true);
});

test('what a gateway held that has died is free once its lease is over; what goes on is held', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  after(() => mock.timers.reset());
  const dead = shared();
  const live = shared({ domain: dead.domain });
  await dead.limits.take(AT_A_TIME, 'k');
  assert.equal((await live.limits.take(AT_A_TIME, 'k')).allowed, false);
  const [key] = await server.keys(`ostiary:${dead.domain}:*`);
  const [member] = (await server.command('ZRANGE', key!, '0', '-1')) as string[];
  const expire = () => server.command('ZADD', key!, 'XX', '1', member!);
  await expire();
  mock.timers.tick(5_000);
  // It is told after the command that is sent now.
  await dead.limits.take({ ...AT_A_TIME, id: 'another' }, 'k');
  assert.equal((await live.limits.take(AT_A_TIME, 'k')).allowed, false);
  dead.close();
  await expire();
  mock.timers.tick(5_000);
  assert.equal((await live.limits.take(AT_A_TIME, 'k')).allowed, true);
});

test('a server that hangs is not waited for; once it goes on, it is asked again', async () => {
  const own = await RedisServer.start();
  const { limits, said, healths } = shared({ url: own.url, timeout: 100 });
  await until('the connection', () => limits.take(FEW, 'k').catch(() => null));
  own.hang();
  const all = await Promise.allSettled([limits.take(FEW, 'k'), limits.take(FEW, 'k')]);
  assert.deepEqual([...new Set(all.map(({ status }) => status))], ['rejected']);
  // While it is down nobody waits: this is told in the same turn of the event loop.
  let isTold = false;
  limits.take(FEW, 'k').catch(() => {
    isTold = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isTold, true);
  assert.equal(healths[0]?.isUp, false);
  own.goOn();
  await until('it to be asked again', () => healths[0]?.isUp);
  await limits.take(FEW, 'k');
  assert.match(said[0] ?? '', /^redis: limits are not shared at the moment: no answer within 100 ms/);
  assert.equal(said.at(-1), 'redis: limits are shared again');
});

test('a server that was killed and is back has forgotten, and counts again', async () => {
  const own = await RedisServer.start();
  const { limits, healths } = shared({ url: own.url });
  await limits.take({ ...FEW, limit: 1 }, 'k');
  await own.stop();
  await until('it to be missed', () => healths[0]?.isUp === false);
  await assert.rejects(limits.take(FEW, 'k'), /Redis cannot be asked/);
  await own.begin();
  await until('it to be back', () => healths[0]?.isUp);
  assert.equal((await limits.take({ ...FEW, limit: 1 }, 'k')).allowed, true);
});

test('attack: a key of another type, or one that is none, lets nothing through', async () => {
  const { limits, domain, healths } = shared();
  await limits.take(FEW, 'k');
  const [key] = await server.keys(`ostiary:${domain}:*`);
  await server.command('SET', key!, 'nonsense');
  await assert.rejects(limits.take(FEW, 'k'), /Redis cannot be asked/);
  await server.command('DEL', key!);
  await server.command('HSET', key!, 'start', 'nonsense', 'count', 'nonsense');
  assert.equal((await limits.take(FEW, 'k')).allowed, true);
  assert.equal(healths[0]?.failures, 1);
});

test('a wrong password is told without it', async () => {
  const { limits, said } = shared({ url: `redis://:wrong-password@127.0.0.1:${server.port}` });
  await assert.rejects(limits.take(FEW, 'k'));
  await until('it to be told', () => said.length > 0);
  assert.match(said[0] ?? '', /WRONGPASS/);
  assert.doesNotMatch(said.join(), /wrong-password/);
});

test('a user with the rights that docs/redis.md names can do all of it', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/redis.md'), 'utf8');
  const [, rights] = /^ACL SETUSER ostiary (.*)$/m.exec(page) ?? assert.fail('the page names no rights');
  await server.command('ACL', 'SETUSER', 'ostiary', ...rights!.replace('PASSWORD', 'its-password').split(' '));
  const url = `redis://ostiary:its-password@127.0.0.1:${server.port}`;
  const { limits, answers, said } = shared({ url, key: 'k'.repeat(43) });
  for (const algorithm of ['sliding-window', 'fixed-window', 'token-bucket', 'concurrency', 'month'] as const) {
    for (let i = 0; i < 2; i++) {
      const { release } = await limits.take({ ...FEW, id: algorithm, algorithm, burst: 10 }, 'k');
      release?.();
    }
  }
  const place = { key: 'key', target: 'target' };
  answers!.put(place, (await answers!.find('key', 'target')).state!, Buffer.from('kept'), 1_000);
  assert.equal(String((await answers!.find('key', 'target')).bytes), 'kept');
  answers!.forget('key');
  await answers!.changed('target');
  await answers!.find('key', 'target');
  assert.deepEqual(said, []);
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { RedisServer } from '../../support/redis.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const redis = await RedisServer.start();
const keyFile = join(temporaryDirectory(), 'redis.key');
writeFileSync(keyFile, `${'k'.repeat(43)}\n`);

let count = 0;
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url, headers }, response) => {
    response.writeHead(200, { 'cache-control': url.startsWith('/public') ? 'public, max-age=60' : 'max-age=60' });
    response.end(`${++count} ${headers['x-user'] ?? 'nobody'} ${url}`);
  },
});
const unanswered: ServerResponse[] = [];
const held = await RecordingUpstream.start('held', { answer: (_, response) => void unanswered.push(response) });

const always = { matchAny: true };
const limit = (config: object) => ({ name: 'few', condition: always, rateLimit: { store: 'REDIS', ...config } });
const limited = (name: string, config: object, url = upstream.url) =>
  open(name, url, {}, { plugins: [limit({ limit: 100, window: '1h', ...config })] });
const cache = { name: 'kept', condition: always, cache: { store: 'REDIS', useXCacheHeader: true } };
const userHeader = { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } };

const SERVICES = yaml(
  ALLOW_ALL,
  workload('alice'),
  workload('bob'),
  limited('sliding', {}),
  limited('fixed', { algorithm: 'fixed-window' }),
  limited('bucket', { algorithm: 'token-bucket', window: '30d' }),
  open('few-at-a-time', held.url, {}, { plugins: [limit({ limit: 2, algorithm: 'concurrency' })] }),
  open(
    'of-a-month',
    upstream.url,
    {},
    {
      plugins: [{ name: 'plan', condition: always, quota: { limit: 3, per: 'month', store: 'REDIS' } }],
    },
  ),
  limited('refusing', { limit: 1_000 }),
  limited('counting', { limit: 2, onStoreFailure: 'COUNT_IN_THIS_GATEWAY_ALONE' }),
  limited('allowing', { limit: 1_000, onStoreFailure: 'ALLOW_WITHOUT_COUNTING' }),
  open('kept', upstream.url, {}, { plugins: [cache] }),
  service('own', { config: { upstream: { url: upstream.url }, http: { plugins: [cache], ...userHeader } } }),
);
const FILES = { 'services.yaml': SERVICES };
const ARGS = ['--workers', '2', '--redis', redis.url, '--redis-key-file', keyFile];

const start = (more: readonly string[]) => GatewayProcess.start({ files: FILES, args: [...ARGS, ...more] });
const [one, two] = await Promise.all([start(['--redis-timeout', '20s']), start(['--redis-timeout', '20s'])]);

const tally = (statuses: readonly number[]) => [200, 429, 503].map((s) => statuses.filter((one) => one === s).length);

for (const host of ['sliding', 'fixed', 'bucket']) {
  test(`1,000 requests at once through two gateways of two workers, ${host}: 100 get through`, async () => {
    const before = await redis.calls();
    const ask = async (_: unknown, i: number) => (await (i % 2 === 0 ? one : two).ask(host)).status;
    const statuses = await Promise.all(Array.from({ length: 1_000 }, ask));
    assert.deepEqual(tally(statuses), [100, 900, 0]);
    const { eval: evaluated = 0, evalsha = 0 } = await redis.calls();
    assert.equal(evaluated - (before.eval ?? 0) + evalsha - (before.evalsha ?? 0), 1_000, 'one round trip each');
  });
}

test('so many at a time in all gateways together; what ends makes room', async () => {
  const asked = [one.ask('few-at-a-time'), two.ask('few-at-a-time')];
  await until('two to be there', () => unanswered.length === 2);
  assert.equal((await one.ask('few-at-a-time')).status, 429);
  for (const response of unanswered.splice(0)) response.end();
  await Promise.all(asked);
  const again = one.ask('few-at-a-time');
  await until('another one to be there', () => unanswered.length === 1);
  for (const response of unanswered.splice(0)) response.end();
  assert.equal((await again).status, 200);
});

test('a quota counts for all gateways, and clients are told', async () => {
  const left = [];
  for (const gateway of [one, two, one])
    left.push(/r=(\d)/.exec(String((await gateway.ask('of-a-month')).headers.ratelimit))?.[1]);
  assert.deepEqual(left, ['2', '1', '0']);
  const { status, reason, headers } = await two.ask('of-a-month');
  assert.deepEqual([status, reason], [429, 'quota-exhausted']);
  assert.match(String(headers['retry-after']), /^\d+$/);
});

/** Of an address that is the same for all gateways, as behind a load balancer. */
const ask = (gateway: GatewayProcess, host: string, path: string, token?: string, method = 'GET') => {
  const headers = { host: `${host}.${DOMAIN}`, ...(token === undefined ? {} : bearer(token)) };
  return gateway.ask(host, path, { headers, method });
};
const word = async (gateway: GatewayProcess, host: string, path: string) =>
  (await ask(gateway, host, path)).headers['x-cache'];

/** It is kept a moment after it was given. */
async function keep(gateway: GatewayProcess, path: string): Promise<void> {
  await until(`${path} to be kept`, async () => (await word(gateway, 'kept', path)) === 'HIT');
}

test('an answer that one gateway has kept is used by another, until something is changed through either', async () => {
  await keep(one, '/a');
  assert.equal(await word(two, 'kept', '/a'), 'HIT');
  await ask(two, 'kept', '/a', undefined, 'DELETE');
  assert.equal(await word(one, 'kept', '/a'), 'MISS');
  await keep(two, '/a');
  assert.equal(await word(one, 'kept', '/a'), 'HIT');
});

test('what one was told is not told to another, in whatever process', async () => {
  const tokens = {
    alice: [await one.token('alice'), await two.token('alice')],
    bob: [await one.token('bob'), await two.token('bob')],
  };
  for (const path of ['/private', '/public']) {
    for (const [i, gateway] of [one, two].entries()) {
      for (const user of ['alice', 'bob', 'alice'] as const) {
        for (let n = 0; n < 4; n++) {
          const { body } = await ask(gateway, 'own', path, tokens[user][i]!);
          assert.equal(body.split(' ')[1], user);
        }
      }
    }
    assert.equal((await ask(two, 'own', path)).status, 401);
  }
});

test('attack: whoever can write to Redis can have no answer of his own used', async () => {
  const before = await redis.keys('*:answer:*');
  const newest = async () => (await redis.keys('*:answer:*')).filter((name) => !before.includes(name));
  await keep(one, '/mine');
  before.push(...(await newest()));
  await keep(one, '/theirs');
  const [theirs] = await newest();
  await redis.command('COPY', before.at(-1)!, theirs!, 'REPLACE');
  const { headers, body } = await ask(two, 'kept', '/theirs');
  assert.deepEqual([headers['x-cache'], body.split(' ')[2]], ['MISS', '/theirs']);
  await keep(one, '/theirs');
  await redis.command('SET', theirs!, 'HTTP/1.1 200 OK\r\n\r\nEVIL');
  assert.equal(await word(two, 'kept', '/theirs'), 'MISS');
  await keep(one, '/theirs');
});

test('Redis shows neither who asks nor what is answered, and forgets by itself', async () => {
  await one.ask('kept', '/secret-path?token=abc');
  const all = await redis.keys('ostiary:*');
  assert.ok(all.length > 0);
  for (const name of all) {
    assert.match(name, /^ostiary:gate\.localhost:(limit|answer|target):[\w-]{43}$/);
    assert.ok(Number(await redis.command('PTTL', name)) > 0, name);
    if (name.includes(':answer:')) assert.doesNotMatch(String(await redis.command('GET', name)), /secret|HTTP|nobody/);
  }
});

test('while Redis is not there or hangs: refused, counted here or let through, as it is written; answers come from upstreams', async () => {
  const own = await RedisServer.start();
  await own.stop();
  const args = ['--redis', own.url, '--redis-key-file', keyFile];
  const gateway = await GatewayProcess.start({ files: FILES, args });
  assert.equal((await gateway.ask('refusing')).reason, 'limit-unavailable');
  assert.equal((await gateway.ask('kept', '/')).status, 200);
  await own.begin();
  const works = async () => (await gateway.ask('refusing')).status === 200;
  await until('Redis to be asked', works);
  await keep(gateway, '/');
  own.hang();
  const { status, reason, headers } = await gateway.ask('refusing');
  assert.deepEqual([status, reason, headers['retry-after']], [503, 'limit-unavailable', '1']);
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await gateway.ask('counting')).status);
  assert.deepEqual(statuses, [200, 200, 429, 429]);
  assert.equal((await gateway.ask('allowing')).status, 200);
  assert.equal(await word(gateway, 'kept', '/'), 'MISS');
  assert.equal((await ask(gateway, 'kept', '/', undefined, 'DELETE')).status, 200);
  const metrics = (await gateway.admin('/metrics')).body;
  assert.match(metrics, /^ostiary_redis_up\{use="limits"\} 0$/m);
  assert.match(metrics, /^ostiary_redis_failures_total\{use="limits"\} [1-9]/m);
  own.goOn();
  await until('Redis to be asked', works);
  assert.match((await gateway.admin('/metrics')).body, /^ostiary_redis_up\{use="limits"\} 1$/m);
  await keep(gateway, '/');
  assert.match(gateway.stderr, /ostiary: redis: limits are not shared at the moment: no answer within 250 ms/);
  assert.match(gateway.stderr, /ostiary: redis: limits are shared again/);
  assert.doesNotMatch(gateway.stderr, /a-password-of-tests/);
});

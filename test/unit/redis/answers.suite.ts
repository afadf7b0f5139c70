import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { SharedAnswers } from '../../../src/plugins/cache/shared-answers.ts';
import { shareByRedis } from '../../../src/redis/shared.ts';
import { MemoryAnswers } from '../../support/memory-answers.ts';
import { RedisServer } from '../../support/redis.ts';
import { until } from '../../support/until.ts';

const server = await RedisServer.start();

const KEY = 'k'.repeat(43);
let domains = 0;

function redisAnswers({ key = KEY, domain = `a${domains++}`, url = server.url } = {}) {
  const parts = { url: new SecretValue(url), key: new SecretValue(key), timeout: 20_000, domain, clock: systemClock };
  const shared = shareByRedis({ ...parts, warn: () => {} });
  after(() => shared.close());
  const [, health] = shared.healths;
  return { answers: shared.answers!, health: health!, domain };
}

const PLACE = { key: 'key', target: 'target' };
const BYTES = Buffer.from([0, 255, 13, 10, 0]);
const HOUR = 3_600_000;

const bytesOf = async (answers: SharedAnswers, { key, target } = PLACE) => (await answers.find(key, target)).bytes;

for (const [name, make] of [
  ['redis', () => redisAnswers().answers],
  ['memory', () => new MemoryAnswers()],
] as const) {
  test(`${name}: what is kept is found, byte for byte, and forgotten`, async () => {
    const answers = make();
    const { bytes, state } = await answers.find('key', 'target');
    assert.deepEqual([bytes, state], [null, '']);
    answers.put(PLACE, state!, BYTES, HOUR);
    assert.deepEqual(await bytesOf(answers), BYTES);
    answers.forget('key');
    assert.equal(await bytesOf(answers), null);
  });

  test(`${name}: nothing of before a change is found or kept after it, and what is asked for later is`, async () => {
    const answers = make();
    const { state } = await answers.find('key', 'target');
    const known = answers.put(PLACE, state!, BYTES, HOUR);
    await answers.changed('target');
    assert.equal(await bytesOf(answers), null);
    answers.put(PLACE, known, BYTES, HOUR);
    answers.put(PLACE, state!, BYTES, HOUR);
    const later = await answers.find('key', 'target');
    assert.equal(later.bytes, null);
    answers.put(PLACE, later.state!, BYTES, HOUR);
    assert.deepEqual(await bytesOf(answers), BYTES);
  });

  test(`${name}: a change where nothing was kept yet counts for what is being read`, async () => {
    const answers = make();
    const { state } = await answers.find('key', 'target');
    await answers.changed('target');
    answers.put(PLACE, state!, BYTES, HOUR);
    assert.equal(await bytesOf(answers), null);
  });

  test(`${name}: of two that read at the same time one is kept, and two names of one target are`, async () => {
    const answers = make();
    const { state } = await answers.find('key', 'target');
    const first = answers.put(PLACE, state!, BYTES, HOUR);
    answers.put(PLACE, state!, Buffer.from('other'), HOUR);
    answers.put({ key: 'other', target: 'target' }, first, BYTES, HOUR);
    assert.deepEqual(await bytesOf(answers), BYTES);
    assert.deepEqual(await bytesOf(answers, { key: 'other', target: 'target' }), BYTES);
  });
}

test('another key finds nothing, by name or by content', async () => {
  const { answers, domain } = redisAnswers();
  answers.put(PLACE, (await answers.find('key', 'target')).state!, BYTES, HOUR);
  assert.deepEqual(await bytesOf(answers), BYTES);
  const { answers: foreign } = redisAnswers({ domain, key: 'o'.repeat(43) });
  assert.deepEqual(await foreign.find('key', 'target'), { bytes: null, state: '' });
});

test('attack: when the state is forgotten, nothing of before comes back', async () => {
  const { answers, domain } = redisAnswers();
  answers.put(PLACE, (await answers.find('key', 'target')).state!, BYTES, HOUR);
  await answers.find('key', 'target');
  const [state] = await server.keys(`ostiary:${domain}:target:*`);
  const before = String(await server.command('GET', state!));
  await server.command('DEL', state!);
  const { state: none } = await answers.find('key', 'target');
  assert.equal(none, '');
  answers.put({ key: 'other', target: 'target' }, none, BYTES, HOUR);
  assert.equal(await bytesOf(answers), null);
  assert.notEqual(await server.command('GET', state!), before);
});

test('a change that Redis could not be told of is told later; nothing is looked up there until then', async () => {
  const own = await RedisServer.start();
  const { answers, health } = redisAnswers({ url: own.url });
  await answers.find('key', 'target');
  await own.stop();
  await until('it to be missed', () => health.isUp === false);
  await answers.changed('target');
  await own.begin();
  await until('it to be back', () => health.isUp);
  await until('it to be told', async () => (await answers.find('key', 'target')).state !== null);
  assert.notEqual((await answers.find('key', 'target')).state, '');
});

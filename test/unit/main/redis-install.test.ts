import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { installConfig } from '../../../src/main/install.ts';
import { type RedisSettings, redisInstall } from '../../../src/main/redis-install.ts';
import { handedRedis, redisOf } from '../../../src/main/shared.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const file = (text: string) => {
  const path = join(temporaryDirectory(), 'secret');
  writeFileSync(path, `${text}\n`);
  return path;
};
const URL_A = 'rediss://name:hidden@redis.example:6380/2';
const KEY = 'k'.repeat(43);

test('a source that goes before replaces URL and file of those behind it', () => {
  const urlFile = file(URL_A);
  const url = (...settings: RedisSettings[]) => redisInstall(settings)?.url.reveal();
  assert.equal(url({ url: 'redis://other' }, { urlFile }), URL_A);
  assert.equal(url({ urlFile }, { url: 'redis://other' }), 'redis://other');
  assert.equal(redisInstall([undefined, {}]), null);
  assert.equal(url({ url: 'unix://name:hidden@/run/redis.sock' }), 'unix://name:hidden@/run/redis.sock');
});

test('variables and the file name it; nothing that is printed shows it', () => {
  const env = { OSTIARY_REDIS_FILE: file(URL_A), OSTIARY_REDIS_KEY: KEY, OSTIARY_REDIS_TIMEOUT: '1s' };
  const { redis } = installConfig({}, env, { redis: { url: 'redis://other', timeout: '2s' } });
  assert.deepEqual([redis?.url.reveal(), redis?.key?.reveal(), redis?.timeout], [URL_A, KEY, 1_000]);
  assert.doesNotMatch(inspect(redis, { depth: 9 }) + JSON.stringify(redis), /hidden|kkk/);
});

test('it comes to workers whole', () => {
  const redis = redisInstall([{ url: URL_A, key: KEY, timeout: '30ms' }]);
  const handed = redisOf(structuredClone(handedRedis(redis)));
  assert.deepEqual([handed?.url.reveal(), handed?.key?.reveal(), handed?.timeout], [URL_A, KEY, 30]);
  assert.equal(redisOf(handedRedis(null)), null);
});

for (const [settings, message] of [
  [{ url: 'http://name:hidden@redis' }, /no URL of a Redis/],
  [{ url: 'hidden' }, /no URL of a Redis/],
  [{ url: 'redis://name:hidden@redis/zero' }, /no URL of a Redis/],
  [{ url: 'unix://hidden' }, /no URL of a Redis/],
  [{ url: URL_A, urlFile: '/nowhere' }, /exclude each other/],
  [{ urlFile: '/nowhere' }, /there is no such file/],
  [{ url: URL_A, key: 'hidden' }, /fewer than 32/],
  [{ key: KEY }, /needs a Redis/],
  [{ url: URL_A, timeout: 'soon' }, /not a duration/],
  [{ url: URL_A, timeout: '5m' }, /at most 30s/],
] as const) {
  test(`is refused without a secret in it: ${JSON.stringify(settings)}`, () => {
    assert.throws(
      () => redisInstall([settings]),
      (thrown: Error) => message.test(thrown.message) && !/hidden/.test(inspect(thrown)),
    );
  });
}

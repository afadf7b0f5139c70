import { systemClock } from '../base/clock.ts';
import { SecretValue } from '../base/secret-value.ts';
import { NO_LIMITS } from '../gateway/limits/limits.ts';
import { NO_ANSWERS } from '../plugins/cache/shared-answers.ts';
import type { Shared } from '../plugins/deps.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { InstallConfig } from './install.ts';
import type { RedisInstall } from './redis-install.ts';

export interface SharedParts {
  readonly install: Pick<InstallConfig, 'redis' | 'domain'>;
  readonly metrics: Metrics;
  readonly warn: (message: string) => void;
}

/** What this process shares with other gateways, `null` without a Redis. The start waits for no server. */
export async function openShared({ install, metrics, warn }: SharedParts, stack: AsyncDisposableStack) {
  const { redis, domain } = install;
  if (redis === null) {
    metrics.watchRedis(() => []);
    return null;
  }
  const { shareByRedis } = await import('../redis/shared.ts');
  const shared = shareByRedis({ ...redis, domain, clock: systemClock, warn });
  stack.defer(() => shared.close());
  metrics.watchRedis(() => shared.healths);
  return shared;
}

/** For whoever only judges configurations. */
export function sharedAsJudged({ redis }: Pick<InstallConfig, 'redis'>): Shared | null {
  return redis === null ? null : { limits: NO_LIMITS, answers: redis.key === null ? null : NO_ANSWERS };
}

/** Where nobody knows what the gateway has that is going to serve this. */
export const ANY_SHARED: Shared = { limits: NO_LIMITS, answers: NO_ANSWERS };

/** As plain data, on the way to another process. */
export interface HandedRedis {
  readonly url: Uint8Array;
  readonly key: Uint8Array | null;
  readonly timeout: number;
}

export function handedRedis(redis: RedisInstall | null): HandedRedis | null {
  if (redis === null) return null;
  const { url, key, timeout } = redis;
  return { url: url.revealBytes(), key: key?.revealBytes() ?? null, timeout };
}

export function redisOf(handed: HandedRedis | null): RedisInstall | null {
  if (handed === null) return null;
  const { url, key, timeout } = handed;
  return { url: new SecretValue(url), key: key === null ? null : new SecretValue(key), timeout };
}

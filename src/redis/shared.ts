import type { Clock } from '../base/clock.ts';
import type { SecretValue } from '../base/secret-value.ts';
import type { Shared } from '../plugins/deps.ts';
import { RedisAnswers } from './answers/redis-answers.ts';
import { RedisConnection } from './connection.ts';
import { RedisHealth } from './health.ts';
import { RedisLimits } from './limits/redis-limits.ts';

export interface RedisParts {
  readonly url: SecretValue;
  /** What answers are sealed with; `null`: none are shared. */
  readonly key: SecretValue | null;
  /** Milliseconds that an answer is waited for. */
  readonly timeout: number;
  /** Gateways with the same one share. */
  readonly domain: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** What gateways with one Redis share. Nothing is dialled before it is needed. */
export interface RedisShared extends Shared {
  readonly limits: RedisLimits;
  readonly healths: readonly RedisHealth[];
  close(): void;
}

export function shareByRedis({ url, key, timeout, domain, clock, warn }: RedisParts): RedisShared {
  const prefix = `ostiary:${domain}:`;
  const connect = (health: RedisHealth) => new RedisConnection({ url, timeout, health, clock });
  const healths = [new RedisHealth('limits', warn), new RedisHealth('answers', warn)] as const;
  const connections = [connect(healths[0]), connect(healths[1])] as const;
  const limits = new RedisLimits(connections[0], clock, prefix);
  const answers = key === null ? null : new RedisAnswers(connections[1], key, prefix);
  return {
    limits,
    answers,
    healths,
    close: () => {
      limits.close();
      answers?.close();
      for (const connection of connections) connection.close();
    },
  };
}

import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression } from '../expression.ts';
import { LocalAnswers } from './answer-store.ts';
import { ResponseCache } from './response-cache.ts';
import type { CacheRules } from './schema.ts';
import { NO_ANSWERS } from './shared-answers.ts';
import { SharedStore } from './shared-store.ts';

const DEFAULT_TTL_MS = 10 * 60_000;
const DEFAULT_MOST_BYTES = 4 * 1024 * 1024;
const MOST_SHARED_BYTES = 1024 * 1024;

/**
 * Keeps answers of the upstream (RFC 9111), each for the identity that it was made for. It stands right before the
 * upstream wherever it is listed: what is kept is what the upstream said, and every other plugin acts on it each time.
 */
export const plugin: PluginType<CacheRules, PluginDeps> = {
  create: (config, deps): Plugin => {
    const expression = compileExpression(config.key ?? {}, ['key'], deps);
    const ttl = ttlOf(config);
    const cache = new ResponseCache(
      {
        ttl,
        mostBytes: mostBytesOf(config, deps),
        tells: config.useXCacheHeader === true,
        shares: config.allowSharingOfPublicAnswersBetweenIdentities === true,
        postReads: config.allowUnsafeMethods === true,
        expression,
      },
      storeOf(config, ttl, deps),
      deps,
    );
    return { inject: (x) => cache.look(x), forward: (x, upstream) => cache.forward(x, upstream) };
  },
};

function storeOf({ store }: CacheRules, ttl: number, { responses, shared, clock, place, mistake }: PluginDeps) {
  if (store !== 'REDIS') return new LocalAnswers(responses);
  if (shared === null) mistake(['store'], 'this gateway has no Redis', 'start it with --redis, or leave store out');
  else if (shared.answers === null) {
    mistake(['store'], 'answers in Redis are sealed, and there is no key', 'start the gateway with --redis-key-file');
  }
  const area = JSON.stringify([place.service, place.config, place.plugin, place.fingerprint()]);
  return new SharedStore({ answers: shared?.answers ?? NO_ANSWERS, clock, area, ttl });
}

/** Answers of Redis are in memory as a whole for each request, and hold up those behind them. */
function mostBytesOf({ store, maxSize }: CacheRules, { mistake }: PluginDeps): number {
  if (store !== 'REDIS') return maxSize ?? DEFAULT_MOST_BYTES;
  if (maxSize !== undefined && maxSize > MOST_SHARED_BYTES) {
    mistake(['maxSize'], 'answers in Redis have 1 MiB at most', `at most ${MOST_SHARED_BYTES}`);
  }
  return Math.min(maxSize ?? MOST_SHARED_BYTES, MOST_SHARED_BYTES);
}

function ttlOf({ ttl }: CacheRules): number {
  if (ttl === undefined) return DEFAULT_TTL_MS;
  const milliseconds = durationMs(ttl);
  if (milliseconds === null) throw new AppError('invalid', 'ttl is no duration');
  return milliseconds;
}

import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { ResponseCache } from './response-cache.ts';
import type { CacheRules } from './schema.ts';

const DEFAULT_TTL_MS = 10 * 60_000;
const DEFAULT_MOST_BYTES = 4 * 1024 * 1024;

/**
 * Keeps answers of the upstream (RFC 9111), each for the identity that it was made for. It stands right before the
 * upstream wherever it is listed: what is kept is what the upstream said, and every other plugin acts on it each time.
 */
export const plugin: PluginType<CacheRules, PluginDeps> = {
  create: (config, deps): Plugin => {
    const expression = config.key === undefined ? null : deps.compileText(config.key.eval, ['key', 'eval']);
    const cache = new ResponseCache(
      {
        ttl: ttlOf(config),
        mostBytes: config.maxSize ?? DEFAULT_MOST_BYTES,
        tells: config.useXCacheHeader === true,
        shares: config.allowSharingOfPublicAnswersBetweenIdentities === true,
        postReads: config.allowUnsafeMethods === true,
        expression,
      },
      deps,
    );
    return { inject: (x) => cache.look(x), forward: (x, upstream) => cache.forward(x, upstream) };
  },
};

function ttlOf({ ttl }: CacheRules): number {
  if (ttl === undefined) return DEFAULT_TTL_MS;
  const milliseconds = durationMs(ttl);
  if (milliseconds === null) throw new AppError('invalid', 'ttl is no duration');
  return milliseconds;
}

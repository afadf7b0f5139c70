import { durationMs } from '../../base/duration.ts';
import type { Algorithm, LimitRule } from '../../gateway/limits/limits.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { countingPlugin } from './counting.ts';
import type { RateLimit } from './schema.ts';

const LONGEST_WAIT_MS = 60_000;

const BUCKETS: ReadonlySet<Algorithm> = new Set<Algorithm>(['token-bucket', 'leaky-bucket']);

/** So many requests in so much time, or at a time. */
export const plugin: PluginType<RateLimit, PluginDeps> = {
  create: (config, deps) => {
    const rule = ruleOf(config, deps);
    checkRule(config, rule, deps);
    return countingPlugin(config, { rule, windowMs: rule.window, reason: 'rate-limited', deps });
  },
};

/** Another rule begins to count anew. */
function ruleOf({ algorithm = 'sliding-window', limit, window, burst }: RateLimit, { place }: PluginDeps): LimitRule {
  const ms = window === undefined ? 0 : (durationMs(window) ?? 0);
  const atOnce = burst ?? (algorithm === 'token-bucket' ? limit : 0);
  const id = JSON.stringify([place.service, place.config, place.plugin, algorithm, limit, ms, atOnce]);
  return { id, algorithm, limit, window: ms, burst: atOnce };
}

function checkRule(config: RateLimit, { algorithm, limit, window, burst }: LimitRule, { mistake }: PluginDeps): void {
  if (algorithm === 'concurrency') {
    if (config.window !== undefined) mistake(['window'], 'requests at a time have no window', 'leave it out');
  } else if (window === 0) {
    mistake(['window'], `"${algorithm}" counts the requests of a window`, 'say how long: window: 1m');
  }
  if (config.burst !== undefined && !BUCKETS.has(algorithm)) {
    mistake(['burst'], `"${algorithm}" has no burst`, 'leave it out, or use token-bucket or leaky-bucket');
  }
  if (algorithm === 'token-bucket' && burst === 0) {
    mistake(['burst'], 'a bucket that holds nothing lets nothing through', 'at least 1');
  }
  if (algorithm === 'leaky-bucket' && (burst * window) / limit > LONGEST_WAIT_MS) {
    mistake(['burst'], 'the last one would wait for more than a minute', 'less burst, or a higher limit');
  }
}

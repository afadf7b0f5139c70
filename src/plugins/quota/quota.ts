import type { LimitRule } from '../../gateway/limits/limits.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { countingPlugin } from '../rate-limit/counting.ts';
import type { Quota } from './schema.ts';

const DAY_MS = 86_400_000;
/** What clients are told; months differ. */
const WINDOW_MS = { day: DAY_MS, month: 30 * DAY_MS };

/** So many requests a day or a month, which restarts do not forget. */
export const plugin: PluginType<Quota, PluginDeps> = {
  create: (config, deps) => {
    const { service, config: name, plugin: listed } = deps.place;
    // Without the limit: who raises it has not used less of it.
    const id = JSON.stringify(['quota', service, name, listed, config.per]);
    const rule: LimitRule = { id, algorithm: config.per, limit: config.limit, window: 0, burst: 0 };
    return countingPlugin(config, { rule, windowMs: WINDOW_MS[config.per], reason: 'quota-exhausted', deps });
  },
};

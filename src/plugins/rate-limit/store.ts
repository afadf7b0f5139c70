import { type Awaitable, isPromise } from '../../base/awaitable.ts';
import { messageOf } from '../../base/errors.ts';
import type { LimitRule, Limits, Standing } from '../../gateway/limits/limits.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { PluginDeps } from '../deps.ts';
import type { CountingStore } from './schema.ts';

/** How a request stands; a refusal, or `null` to let it through uncounted, when nobody can say. */
export type Take = (rule: LimitRule, key: string) => Awaitable<Standing | Refusal | null>;

type OnFailure = NonNullable<CountingStore['onStoreFailure']>;
type Fallback = (rule: LimitRule, key: string, why: string) => ReturnType<Take>;

/** Where requests are counted: in this gateway, or for all gateways that share a Redis. */
export function compileStore({ store = 'LOCAL', onStoreFailure }: CountingStore, deps: PluginDeps): Take {
  if (store === 'LOCAL') {
    if (onStoreFailure !== undefined) {
      deps.mistake(
        ['onStoreFailure'],
        'counters of this gateway are always there',
        'leave it out, or use store: REDIS',
      );
    }
    return (rule, key) => deps.limits.take(rule, key);
  }
  if (deps.shared === null) {
    deps.mistake(['store'], 'this gateway has no Redis', 'start it with --redis, or leave store out');
    return () => null;
  }
  return falling(deps.shared.limits, FALLBACKS[onStoreFailure ?? 'REFUSE'](deps));
}

const FALLBACKS: Record<OnFailure, (deps: PluginDeps) => Fallback> = {
  REFUSE: () => (_rule, _key, why) => refuse('limit-unavailable', why),
  COUNT_IN_THIS_GATEWAY_ALONE:
    ({ limits }) =>
    (rule, key) =>
      limits.take(rule, key),
  ALLOW_WITHOUT_COUNTING: () => () => null,
};

function falling(limits: Limits, fallback: Fallback): Take {
  return (rule, key) => {
    const standing = limits.take(rule, key);
    return isPromise(standing) ? standing.catch((thrown) => fallback(rule, key, messageOf(thrown))) : standing;
  };
}

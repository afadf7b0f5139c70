import { setTimeout as wait } from 'node:timers/promises';
import { isPromise } from '../../base/awaitable.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { LimitRule, Standing } from '../../gateway/limits/limits.ts';
import { type Outcome, refuse } from '../../gateway/outcome.ts';
import type { Plugin } from '../../gateway/plugin.ts';
import type { Reason } from '../../gateway/reasons.ts';
import type { PluginDeps } from '../deps.ts';
import { compileAnswer } from '../direct/answer.ts';
import type { DirectAnswer } from '../direct/schema.ts';
import { compileFields } from './fields.ts';
import { compileKey } from './key.ts';
import type { LimitKey } from './schema.ts';

export interface Counting extends DirectAnswer {
  readonly key?: LimitKey;
}

export interface CountingParts {
  readonly rule: LimitRule;
  /** Milliseconds that clients are told of; 0 for none. */
  readonly windowMs: number;
  /** Of refusals that have no answer of their own. */
  readonly reason: Reason;
  readonly deps: PluginDeps;
}

/** Lets requests through as long as there is room for their key, and tells clients how much there is. */
export function countingPlugin(config: Counting, { rule, windowMs, reason, deps }: CountingParts): Plugin {
  const keyOf = compileKey(config.key, deps);
  const answer = refusalOf(config, reason);
  const tell = compileFields(deps.place.plugin, rule, windowMs);
  const slot = deps.slot<Standing>();
  const settle = (x: Exchange, standing: Standing) => {
    slot.set(x, standing);
    if (!standing.allowed) return answer();
    return standing.delayMs === 0 ? null : wait(standing.delayMs, null);
  };
  return {
    onRequest: (x) => {
      const key = keyOf(x);
      if (typeof key !== 'string') return key;
      const standing = deps.limits.take(rule, key);
      return isPromise(standing) ? standing.then((late) => settle(x, late)) : settle(x, standing);
    },
    onAnswer: (x, { headers }) => {
      const standing = slot.get(x);
      if (standing !== undefined) tell(headers, standing);
    },
    ...(rule.algorithm === 'concurrency' && { onSettled: (x) => slot.get(x)?.release?.() }),
  };
}

function refusalOf(config: Counting, reason: Reason): () => Outcome {
  const isWritten = config.statusCode !== undefined || config.body !== undefined || config.headers !== undefined;
  return isWritten ? compileAnswer(config, 429) : () => refuse(reason);
}

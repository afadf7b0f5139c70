import { setTimeout as wait } from 'node:timers/promises';
import { isPromise } from '../../base/awaitable.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { LimitRule, Standing } from '../../gateway/limits/limits.ts';
import { type Outcome, type Refusal, refuse } from '../../gateway/outcome.ts';
import type { Plugin } from '../../gateway/plugin.ts';
import type { Reason } from '../../gateway/reasons.ts';
import type { PluginDeps } from '../deps.ts';
import { compileAnswer } from '../direct/answer.ts';
import type { DirectAnswer } from '../direct/schema.ts';
import { compileFields } from './fields.ts';
import { compileKey } from './key.ts';
import type { CountingStore, LimitKey } from './schema.ts';
import { compileStore } from './store.ts';

export interface Counting extends DirectAnswer, CountingStore {
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
  const take = compileStore(config, deps);
  const slot = deps.slot<Standing | Refusal>();
  const settle = (x: Exchange, standing: Standing | Refusal | null) => {
    if (standing === null) return null;
    slot.set(x, standing);
    if ('reason' in standing) return standing;
    if (!standing.allowed) return answer();
    return standing.delayMs === 0 ? null : wait(standing.delayMs, null);
  };
  return {
    onRequest: (x) => {
      const key = keyOf(x);
      if (typeof key !== 'string') return key;
      const standing = take(rule, key);
      return isPromise(standing) ? standing.then((late) => settle(x, late)) : settle(x, standing);
    },
    onAnswer: (x, { headers }) => {
      const standing = slot.get(x);
      if (standing === undefined) return;
      if ('reason' in standing) headers.set('retry-after', SOON);
      else tell(headers, standing);
    },
    ...(rule.algorithm === 'concurrency' && { onSettled: (x) => release(slot.get(x)) }),
  };
}

/** Seconds; who counts is looked for all the time. */
const SOON = '1';

function release(standing: Standing | Refusal | undefined): void {
  if (standing !== undefined && 'release' in standing) standing.release?.();
}

function refusalOf(config: Counting, reason: Reason): () => Outcome {
  const isWritten = config.statusCode !== undefined || config.body !== undefined || config.headers !== undefined;
  return isWritten ? compileAnswer(config, 429) : () => refuse(reason);
}

import type { CompiledCondition } from '../../policies/condition.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { refuse } from '../gateway/outcome.ts';
import type { Plugin, RequestHook } from '../gateway/plugin.ts';
import type { Slot } from '../gateway/slot.ts';

/**
 * The plugin, for the exchanges that the condition matches as they come to it. What cannot be evaluated because
 * something is missing does not match; what fails otherwise refuses the request, so that no plugin that protects
 * something is got round by making its condition fail.
 */
export function conditional(plugin: Plugin, condition: CompiledCondition, matched: Slot<boolean>): Plugin {
  if (condition.certain === true) return plugin;
  if (condition.certain === false) return {};
  const { onRequest, onAuthorized, inject, onResponse, onAnswer, onSettled } = plugin;
  const asks = (hook: RequestHook): RequestHook => ask(hook, condition, matched);
  return {
    ...(onAuthorized === undefined ? { onRequest: asks(onRequest ?? goOn) } : { onAuthorized: asks(onAuthorized) }),
    ...(inject && { inject: (x) => (matched.get(x) ? inject(x) : null) }),
    ...(onResponse && { onResponse: (x) => (matched.get(x) ? onResponse(x) : undefined) }),
    ...(onAnswer && { onAnswer: (x, response) => void (matched.get(x) && onAnswer(x, response)) }),
    ...(onSettled && { onSettled: (x) => void (matched.get(x) && onSettled(x)) }),
  };
}

function ask(hook: RequestHook, condition: CompiledCondition, matched: Slot<boolean>): RequestHook {
  return (x: Exchange) => {
    const truth = condition.evaluate(x.input!);
    if (typeof truth === 'object' && truth.kind !== 'missing') {
      return refuse('plugin-error', `the condition of a plugin failed: ${truth.message}`);
    }
    if (truth !== true) return null;
    matched.set(x, true);
    return hook(x);
  };
}

const goOn: RequestHook = () => null;

import type { CompiledCondition, Truth, Undecided } from '../../policies/condition.ts';
import type { PolicyInput } from '../../policies/input.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { AuthorizeHook, Plugin, RequestHook } from '../gateway/plugin.ts';
import type { Slot } from '../gateway/slot.ts';
import type { Upstream } from '../gateway/snapshot.ts';

/**
 * The plugin, for the exchanges that the condition matches as they come to it. What cannot be evaluated because
 * something is missing does not match; what fails otherwise refuses the request, so that no plugin that protects
 * something is got round by making its condition fail.
 */
export function conditional(plugin: Plugin, condition: CompiledCondition, matched: Slot<boolean>): Plugin {
  if (condition.certain === true) return plugin;
  if (condition.certain === false) return {};
  const { onRequest, onAuthorized, inject, forward, onResponse, onAnswer, onSettled } = plugin;
  const asks = (hook: RequestHook): RequestHook => ask(hook, condition, matched);
  return {
    ...(onAuthorized === undefined ? { onRequest: asks(onRequest ?? goOn) } : { onAuthorized: asks(onAuthorized) }),
    ...(inject && { inject: (x) => (matched.get(x) ? inject(x) : null) }),
    ...(forward && {
      forward: (x: Exchange, upstream: Upstream) => (matched.get(x) ? forward(x, upstream) : upstream.forward(x)),
    }),
    ...(onResponse && { onResponse: (x) => (matched.get(x) ? onResponse(x) : undefined) }),
    ...(onAnswer && { onAnswer: (x, response) => void (matched.get(x) && onAnswer(x, response)) }),
    ...(plugin.authorize && { authorize: authorizeIf(plugin.authorize, condition) }),
    ...(onSettled && { onSettled: (x) => void (matched.get(x) && onSettled(x)) }),
  };
}

function ask(hook: RequestHook, condition: CompiledCondition, matched: Slot<boolean>): RequestHook {
  const goOnWith = (x: Exchange, truth: Truth): ReturnType<RequestHook> => {
    if (typeof truth === 'object' && truth.kind !== 'missing') return failed(truth);
    if (truth !== true) return null;
    matched.set(x, true);
    return hook(x);
  };
  return (x) => {
    const round = rounds(condition, x.input!);
    const truth = round();
    const { remote } = x.input!;
    return remote?.isWaiting === true ? remote.settle(round).then((t) => goOnWith(x, t)) : goOnWith(x, truth);
  };
}

/** Asked each time: what stays open is authorized again without the hooks before. */
function authorizeIf(hook: AuthorizeHook, condition: CompiledCondition): AuthorizeHook {
  return (x) => {
    const truth = condition.evaluate(x.input!);
    if (truth === true) return hook(x);
    return typeof truth === 'object' && truth.kind !== 'missing' ? failed(truth) : { kind: 'no-objection' };
  };
}

function failed({ message }: Undecided): Refusal {
  return refuse('plugin-error', `the condition of a plugin failed: ${message}`);
}

/** Where a remote OPA is asked, the condition is evaluated again; what that took before does not count. */
function rounds(condition: CompiledCondition, input: PolicyInput): () => Truth {
  const { budget } = input;
  const left = budget?.left ?? 0;
  return () => {
    if (budget !== null) budget.left = left;
    return condition.evaluate(input);
  };
}

const goOn: RequestHook = () => null;

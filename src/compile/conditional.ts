import type { Identification } from '../../identity/identification.ts';
import type { CompiledCondition, Truth, Undecided } from '../../policies/condition.ts';
import type { PolicyInput } from '../../policies/input.ts';
import { type Awaitable, isPromise } from '../base/awaitable.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { AuthorizeHook, IdentifyHook, Plugin, RequestHook } from '../gateway/plugin.ts';
import type { Slot } from '../gateway/slot.ts';
import type { Upstream } from '../gateway/snapshot.ts';

/**
 * The plugin, for the exchanges that the condition matches as they come to it. What cannot be evaluated because
 * something is missing does not match; what fails otherwise refuses the request, so that no plugin that protects
 * something is got round by making its condition fail.
 */
export function conditional(plugin: Plugin, condition: CompiledCondition, matched: Slot<boolean>): Plugin {
  if (condition.certain === true) return plugin;
  const { credentials } = plugin;
  // What nobody but the plugin may say is nobody's still.
  if (condition.certain === false) return credentials === undefined ? {} : { credentials };
  const { onRequest, identify, onAuthorized, inject, forward, onResponse, onAnswer, onSettled } = plugin;
  const asks = (hook: RequestHook): RequestHook => ask(hook, condition, matched);
  return {
    ...(onAuthorized === undefined ? { onRequest: asks(onRequest ?? goOn) } : { onAuthorized: asks(onAuthorized) }),
    ...(identify && { identify: identifyIf(condition, identify) }),
    ...(credentials && { credentials }),
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
    const truth = truthOf(condition, x.input!);
    return isPromise(truth) ? truth.then((settled) => goOnWith(x, settled)) : goOnWith(x, truth);
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
function truthOf(condition: CompiledCondition, input: PolicyInput): Awaitable<Truth> {
  const { budget } = input;
  const left = budget?.left ?? 0;
  const round = (): Truth => {
    if (budget !== null) budget.left = left;
    return condition.evaluate(input);
  };
  const truth = round();
  return input.remote?.isWaiting === true ? input.remote.settle(round) : truth;
}

/** Asked each time, because what stays open is identified again without the hooks before. */
function identifyIf(condition: CompiledCondition, identify: IdentifyHook): IdentifyHook {
  return async (x, ours) => {
    const truth = await truthOf(condition, x.input!);
    if (truth === true) return identify(x, ours);
    return typeof truth === 'object' && truth.kind !== 'missing' ? FAILED : NOT_RESPONSIBLE;
  };
}

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };
const FAILED: Identification = {
  kind: 'rejected',
  reason: 'identity-unavailable',
  detail: 'the condition of a plugin that identifies failed',
};

const goOn: RequestHook = () => null;

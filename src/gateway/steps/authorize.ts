import type { Principal } from '../../../identity/principal.ts';
import type { Decision } from '../../../policies/decision.ts';
import type { PolicyInput } from '../../../policies/input.ts';
import type { Awaitable } from '../../base/awaitable.ts';
import { isPromise } from '../../base/awaitable.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, type Refusal, refuse } from '../outcome.ts';
import type { AuthorizeHook } from '../plugin.ts';
import type { DecidingParts, DecidingStep } from '../step.ts';

/** Policies first: a plugin may object to what they allow, never allow what they deny. */
export const authorize: DecidingStep = (x, parts) => {
  x.input = parts.buildInput(x);
  const decision = ask(x, x.principal!, x.input);
  return isPromise(decision) ? decision.then((settled) => decided(x, settled, parts)) : decided(x, decision, parts);
};

/** A promise where some rule asks an OPA over the network. */
function ask(x: Exchange, principal: Principal, input: PolicyInput): Awaitable<Decision> {
  const once = () => x.service!.authorizer.authorize(principal, input);
  const decision = once();
  return input.remote?.isWaiting === true ? input.remote.settle(once) : decision;
}

function decided(x: Exchange, decision: Decision, parts: DecidingParts): Awaitable<Outcome | null> {
  x.decision = decision;
  void x.input?.shadow?.().then((whole) => {
    x.decision = whole;
  });
  if (decision.effect === 'deny') return denied(x, decision, parts);
  const { authorize: hooks } = x.service!.chain;
  return hooks === null ? null : askPlugins(x, hooks);
}

/** What policies deny, and would allow if the person had shown a second factor just now. They are asked once more. */
function denied(x: Exchange, decision: Decision, { raised, buildInput }: DecidingParts): Awaitable<Refusal> {
  const refusal = refuse(refusalReason(decision), decision.detail);
  const principal = POLICIES_SAY_NO.has(decision.reason) ? (raised?.(x.principal!) ?? null) : null;
  if (principal === null) return refusal;
  const better = ask(x, principal, buildInput(x, principal));
  return isPromise(better) ? better.then((settled) => helped(settled, refusal)) : helped(better, refusal);
}

const POLICIES_SAY_NO: ReadonlySet<Decision['reason']> = new Set<Decision['reason']>([
  'policy-denied',
  'no-policy-match',
  // a level that is not there yet cannot be compared
  'policy-error',
]);

function helped({ effect }: Decision, refusal: Refusal): Refusal {
  return effect === 'allow' ? refuse('step-up-required', refusal.detail) : refusal;
}

async function askPlugins(x: Exchange, hooks: readonly AuthorizeHook[]): Promise<Outcome | null> {
  for (const hook of hooks) {
    const verdict = await hook(x);
    if (verdict.kind === 'refusal') return verdict;
  }
  return null;
}

/** A denial with an allowing reason cannot happen; if it ever does, it stays a denial. */
function refusalReason({ reason }: Decision) {
  return reason === 'policy-allowed' || reason === 'anonymous' ? 'policy-error' : reason;
}

import type { Decision } from '../../../policies/decision.ts';
import type { RemoteAnswers } from '../../../policies/rego/remote/answers.ts';
import type { Awaitable } from '../../base/awaitable.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { AuthorizeHook } from '../plugin.ts';
import type { DecidingStep } from '../step.ts';

/** Policies first: a plugin may object to what they allow, never allow what they deny. */
export const authorize: DecidingStep = (x, parts) => {
  x.input = parts.buildInput(x);
  const decision = ask(x);
  return x.input.remote?.isWaiting === true ? whenAnswered(x, x.input.remote) : decided(x, decision);
};

function ask(x: Exchange): Decision {
  return x.service!.authorizer.authorize(x.principal!, x.input!);
}

/** Some rule asks an OPA over the network. */
async function whenAnswered(x: Exchange, remote: RemoteAnswers): Promise<Outcome | null> {
  return decided(x, await remote.settle(() => ask(x)));
}

function decided(x: Exchange, decision: Decision): Awaitable<Outcome | null> {
  x.decision = decision;
  void x.input?.shadow?.().then((whole) => {
    x.decision = whole;
  });
  if (decision.effect === 'deny') return refuse(refusalReason(decision), decision.detail);
  const { authorize: hooks } = x.service!.chain;
  return hooks === null ? null : askPlugins(x, hooks);
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

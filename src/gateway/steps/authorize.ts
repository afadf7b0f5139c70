import type { Decision } from '../../../policies/decision.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { AuthorizeHook } from '../plugin.ts';
import type { Step } from '../step.ts';

/** Policies first: a plugin may object to what they allow, never allow what they deny. */
export const authorize: Step = (x, parts) => {
  const service = x.service!;
  x.input = parts.buildInput(x);
  const decision = service.authorizer.authorize(x.principal!, x.input);
  x.decision = decision;
  if (decision.effect === 'deny') return refuse(refusalReason(decision), decision.detail);
  return service.chain.authorize === null ? null : askPlugins(x, service.chain.authorize);
};

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

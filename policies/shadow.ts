import { decide, type RuleList } from './decide.ts';
import type { Decision } from './decision.ts';
import type { PolicyInput } from './input.ts';

/**
 * The decision without the shadow policies, with what it would be if they were enforced, all of them, when that
 * differs. The first rule that matches decides, so only a rule of a shadow policy can make the difference.
 */
export function decideBesideShadow(list: RuleList, input: PolicyInput): Decision {
  const decision = decide(list, input);
  return list.shadow === null ? decision : compared(decision, decide(list.shadow, input));
}

function compared(decision: Decision, would: Decision): Decision {
  if (would.effect === decision.effect || would.policy === null) return decision;
  return { ...decision, shadow: [{ policy: would.policy, would: would.effect }] };
}

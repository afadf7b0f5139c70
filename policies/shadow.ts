import { decide, type RuleList } from './decide.ts';
import type { Decision, ShadowVerdict } from './decision.ts';
import type { PolicyInput } from './input.ts';
import { RemoteAnswers } from './rego/remote/answers.ts';
import { aside } from './values/decision-budget.ts';

/**
 * The decision without the shadow policies, with what it would be if they were enforced, all of them, when that
 * differs. The first rule that matches decides, so only a rule of a shadow policy can make the difference. While the
 * decision itself waits for a remote policy, the shadow policies are not asked.
 */
export function decideBesideShadow(list: RuleList, input: PolicyInput): Decision {
  const decision = decide(list, input);
  if (list.shadow === null || input.remote?.isWaiting === true) return decision;
  return new Shadow(list.shadow, input, decision).verdict();
}

/** What takes nothing from the decision: neither its budget nor its questions, and nothing that it throws counts. */
class Shadow {
  readonly #list: RuleList;
  readonly #input: PolicyInput;
  readonly #decision: Decision;
  readonly #remote: RemoteAnswers;
  #settled: Promise<Decision> | null = null;

  constructor(list: RuleList, input: PolicyInput, decision: Decision) {
    this.#list = list;
    this.#input = input;
    this.#decision = decision;
    input.remote ??= new RemoteAnswers();
    this.#remote = input.remote.beside();
  }

  /** Where a shadow policy waits for a remote one, `input.shadow` is what has it asked. */
  verdict(): Decision {
    const would = this.#would();
    if (!this.#remote.isWaiting) return this.#compared(would);
    this.#input.shadow = () => this.#settle();
    return would?.policy == null ? this.#decision : this.#with(would.policy, 'undecided');
  }

  #settle(): Promise<Decision> {
    this.#settled ??= this.#remote.settle(() => this.#would()).then((would) => this.#compared(would));
    return this.#settled;
  }

  #would(): Decision | null {
    const imagined = { ...this.#input, remote: this.#remote };
    try {
      return aside(this.#input.budget, () => decide(this.#list, imagined));
    } catch {
      return null;
    }
  }

  #compared(would: Decision | null): Decision {
    if (would?.policy == null || would.effect === this.#decision.effect) return this.#decision;
    return this.#with(would.policy, would.effect);
  }

  #with(policy: string, would: ShadowVerdict['would']): Decision {
    return { ...this.#decision, shadow: [{ policy, would }] };
  }
}

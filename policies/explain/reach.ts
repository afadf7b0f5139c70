import type { Principal } from '../../identity/principal.ts';
import type { CompiledCondition, Truth } from '../compiled-condition.ts';
import { decide, type RuleList } from '../decide.ts';
import type { Authorizer, Decision } from '../decision.ts';
import type { PolicyInput } from '../input.ts';
import type { CompiledRule } from '../policy.ts';
import { Failure } from '../values/failure.ts';
import { MapValue } from '../values/map.ts';
import type { Value } from '../values/value.ts';

/** Whether somebody gets through whatever the request is; it may depend on it. */
export type Reach = 'always' | 'never' | 'depends';

/**
 * @param input of any request: its time and its Service count, what it asks for does not
 * @param decision about the same, for whom no rule has a say
 */
export function reachOf(authorizer: Authorizer, principal: Principal, input: PolicyInput, decision: Decision): Reach {
  const list = authorizer.basis?.(principal, input.time).list ?? null;
  return list === null ? always(decision) : reachOfRules(list, input);
}

function always({ effect }: Decision): Reach {
  return effect === 'allow' ? 'always' : 'never';
}

/**
 * The decision when everything that the request decides falls out in favour of allowing, and when it falls out against
 * it: between the two lies what any request can get. Requests that make a condition fail are left aside.
 */
function reachOfRules(list: RuleList, input: PolicyInput): Reach {
  const answers = new BlindAnswers(input);
  const best = decide(supposing(list, 'allow', answers), input);
  const worst = decide(supposing(list, 'deny', answers), input);
  return best.effect === worst.effect ? always(best) : 'depends';
}

/**
 * The rules, with those that can give `effect` giving it and the others nothing. The same for whether their policy
 * counts: of one policy, some rules may then count while others do not.
 */
function supposing(list: RuleList, effect: 'allow' | 'deny', answers: BlindAnswers): RuleList {
  const suppose = (condition: CompiledCondition, otherwise: boolean): CompiledCondition => ({
    evaluate: () => answers.of(condition) ?? otherwise,
  });
  const rules = list.rules.map((rule) => {
    const counts = contribution(rule, answers) === effect;
    const enforcement = rule.policy.enforcement.map((one) => {
      return { ...one, condition: suppose(one.condition, (one.effect === 'ENFORCE') === counts) };
    });
    const condition = suppose(rule.condition, rule.effect === effect);
    return { ...rule, policy: { ...rule.policy, enforcement }, condition };
  });
  return { ...list, rules };
}

/** What a rule gives when its policy counts: what fails denies. */
function contribution({ effect, condition }: CompiledRule, answers: BlindAnswers): 'allow' | 'deny' | null {
  const truth = answers.of(condition) ?? true;
  if (typeof truth === 'boolean') return truth ? effect : null;
  return truth.kind === 'missing' && effect === 'allow' ? null : 'deny';
}

/** What conditions give without knowing the request. */
class BlindAnswers {
  readonly #context: BlindContext;
  readonly #input: PolicyInput;
  readonly #known = new Map<CompiledCondition, Truth | null>();

  constructor(input: PolicyInput) {
    this.#context = new BlindContext(input.ctx);
    // What remote policies said was about one request.
    this.#input = { ...input, ctx: this.#context, remote: null };
  }

  /** `null`: the request decides. */
  of(condition: CompiledCondition): Truth | null {
    const known = this.#known.get(condition);
    if (known !== undefined) return known;
    this.#context.wasRead = false;
    const truth = condition.evaluate(this.#input);
    const answer = typeof truth !== 'boolean' && this.#context.wasRead ? null : truth;
    this.#known.set(condition, answer);
    return answer;
  }
}

const UNKNOWN = new Failure('error', 'the request is not known');

/** `ctx` with a request that nobody knows; what is certain without it absorbs that, by the rules of `&&` and `||`. */
class BlindContext extends MapValue {
  /** Whether somebody looked for the request. */
  wasRead = false;
  readonly #known: MapValue;

  constructor(known: MapValue) {
    super();
    this.#known = known;
  }

  get size(): number {
    return this.#known.size;
  }

  get(name: Value): Value | Failure | undefined {
    if (name !== 'request') return this.#known.get(name);
    this.wasRead = true;
    return UNKNOWN;
  }

  keys(): Iterable<Value> {
    this.wasRead = true;
    return this.#known.keys();
  }
}

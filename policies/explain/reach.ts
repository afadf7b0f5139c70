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
    this.#input = { ...input, ctx: this.#context, budget: null, remote: null };
  }

  /** `null`: the request decides. */
  of(condition: CompiledCondition): Truth | null {
    const known = this.#known.get(condition);
    if (known !== undefined) return known;
    const truth = this.#evaluate(condition);
    this.#known.set(condition, truth);
    return truth;
  }

  #evaluate(condition: CompiledCondition): Truth | null {
    const asked = this.#context.askedAnew();
    const truth = condition.evaluate(this.#input);
    if (asked.forFieldNames) return null;
    return typeof truth !== 'boolean' && asked.forField ? null : truth;
  }
}

const UNKNOWN = new Failure('error', 'the request is not known');

/** What a condition asked of the request. */
interface Asked {
  forField: boolean;
  /** Which ones there are, which no failure answers. */
  forFieldNames: boolean;
}

/** `ctx` with a request that nobody knows; what is certain without it absorbs that, by the rules of `&&` and `||`. */
class BlindContext extends MapValue {
  readonly #known: MapValue;
  readonly #request: BlindRequest;
  #asked: Asked = { forField: false, forFieldNames: false };

  constructor(known: MapValue) {
    super();
    this.#known = known;
    this.#request = new BlindRequest(known.get('request'), () => this.#asked);
  }

  /** What is asked from now on. */
  askedAnew(): Readonly<Asked> {
    this.#asked = { forField: false, forFieldNames: false };
    return this.#asked;
  }

  get size(): number {
    return this.#known.size;
  }

  get(name: Value): Value | Failure | undefined {
    return name === 'request' ? this.#request : this.#known.get(name);
  }

  keys(): Iterable<Value> {
    return this.#known.keys();
  }
}

/** Nothing of it is known but its time, as `now()` gives it. */
class BlindRequest extends MapValue {
  readonly #known: MapValue;
  readonly #asked: () => Asked;

  constructor(known: Value | Failure | undefined, asked: () => Asked) {
    super();
    if (!(known instanceof MapValue)) throw new Error('ctx.request is no map');
    this.#known = known;
    this.#asked = asked;
  }

  get size(): number {
    this.#asked().forFieldNames = true;
    return this.#known.size;
  }

  get(name: Value): Value | Failure | undefined {
    if (name === 'time') return this.#known.get(name);
    if (name === 'http' || name === 'ip') this.#asked().forField = true;
    else this.#asked().forFieldNames = true;
    return UNKNOWN;
  }

  keys(): Iterable<Value> {
    this.#asked().forFieldNames = true;
    return this.#known.keys();
  }
}

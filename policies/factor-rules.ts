import type { ClusterConfig } from '../src/model/index.ts';
import type { CompiledCondition } from './compiled-condition.ts';
import { type ConditionProblem, compileCondition } from './condition.ts';
import type { Engine } from './engine.ts';
import type { PolicyInput } from './input.ts';

type Settings = NonNullable<ClusterConfig['spec']['authenticator']>;
type Effect = 'ENFORCE' | 'IGNORE' | 'RECOMMEND' | 'ALLOW' | 'DENY';
type List = 'registrationEnforcementRules' | 'authenticationEnforcementRules' | 'postAuthenticationRules';

/** What the ClusterConfig says about second factors. The first rule that matches decides; none: `null`. */
export interface FactorRules {
  /** Of somebody without a second factor. */
  registration(input: PolicyInput): Promise<Effect | null>;
  /** Of somebody with one who has not shown it. */
  authentication(input: PolicyInput): Promise<Effect | null>;
  /** Of somebody who has just shown one. */
  postAuthentication(input: PolicyInput): Promise<Effect | null>;
}

export interface CompiledFactorRules {
  readonly rules: FactorRules;
  /** With paths from `spec.authenticator`. */
  readonly problems: readonly ConditionProblem[];
}

interface CompiledRule {
  readonly effect: Effect;
  readonly condition: CompiledCondition;
}

/** They count even when their condition cannot be evaluated: a rule that restricts fails closed. */
const RESTRICTS: ReadonlySet<Effect> = new Set<Effect>(['ENFORCE', 'DENY']);

const BROKEN: CompiledCondition = {
  evaluate: () => ({ kind: 'error', message: 'the condition does not compile' }),
};

export function compileFactorRules(settings: Settings | undefined, engine: Engine): CompiledFactorRules {
  const problems: ConditionProblem[] = [];
  const compile = (list: List): CompiledRule[] =>
    (settings?.[list] ?? []).map(({ effect, condition }, i) => {
      const compiled = compileCondition(condition, engine);
      if (compiled.ok) return { effect, condition: compiled.condition };
      for (const problem of compiled.problems)
        problems.push({ ...problem, path: [list, i, 'condition', ...problem.path] });
      return { effect, condition: BROKEN };
    });
  const registration = compile('registrationEnforcementRules');
  const authentication = compile('authenticationEnforcementRules');
  const postAuthentication = compile('postAuthenticationRules');
  const rules: FactorRules = {
    registration: (input) => decide(registration, input),
    authentication: (input) => decide(authentication, input),
    postAuthentication: (input) => decide(postAuthentication, input),
  };
  return { rules, problems };
}

async function decide(rules: readonly CompiledRule[], input: PolicyInput): Promise<Effect | null> {
  const once = () => first(rules, input);
  const effect = once();
  return input.remote?.isWaiting === true ? input.remote.settle(once) : effect;
}

function first(rules: readonly CompiledRule[], input: PolicyInput): Effect | null {
  for (const { effect, condition } of rules) {
    const truth = condition.evaluate(input);
    if (truth === true || (truth !== false && RESTRICTS.has(effect))) return effect;
  }
  return null;
}

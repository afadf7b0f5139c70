import type { AuthenticationRules } from '../identity/authentication-rules.ts';
import type { Condition, IdentityProvider } from '../src/model/index.ts';
import { createCelEngine } from './cel/engine.ts';
import { type CompiledCondition, type ConditionProblem, compileCondition } from './condition.ts';
import type { Engine } from './engine.ts';
import { freeMap, resourceMap } from './input/plain.ts';
import { ASSERTION_CONTEXT, AUTHENTICATION_CONTEXT } from './input/schema/authentication.ts';
import type { PolicyInput } from './input.ts';
import { FullMap, type MapValue } from './values/map.ts';
import type { Value } from './values/value.ts';

export interface CompiledAuthentication {
  readonly rules: AuthenticationRules;
  /** Mistakes in conditions; nobody may sign in at a provider that has some. */
  readonly problems: readonly AuthenticationProblem[];
}

export interface AuthenticationProblem extends ConditionProblem {
  readonly provider: IdentityProvider;
}

interface Rule<T> {
  readonly condition: CompiledCondition;
  readonly outcome: T;
  readonly name: string;
}

interface RulesOfProvider {
  readonly aal: readonly Rule<'AAL1' | 'AAL2' | 'AAL3'>[];
  readonly admission: readonly Rule<'ALLOW' | 'DENY'>[];
}

const ASSERTIONS: Engine = createCelEngine(ASSERTION_CONTEXT);
const AUTHENTICATIONS: Engine = createCelEngine(AUTHENTICATION_CONTEXT);

/** @param now milliseconds since 1970 */
export function compileAuthentication(
  providers: readonly IdentityProvider[],
  now: () => number,
): CompiledAuthentication {
  const problems: AuthenticationProblem[] = [];
  const compiled = new WeakMap<IdentityProvider, RulesOfProvider>();
  for (const provider of providers) {
    const found = compileProvider(provider);
    problems.push(...found.problems.map((problem) => ({ ...problem, provider })));
    compiled.set(provider, found.rules);
  }
  return { rules: rulesOver((provider) => compiled.get(provider), now), problems };
}

function rulesOver(
  of: (provider: IdentityProvider) => RulesOfProvider | undefined,
  now: () => number,
): AuthenticationRules {
  return {
    aal(provider, claims) {
      const input = inputOf(assertion(claims), now());
      // What cannot be decided raises nobody's level.
      return of(provider)?.aal.find(({ condition }) => condition.evaluate(input) === true)?.outcome ?? null;
    },
    refusal(provider, { user, info, claims }) {
      const ctx: readonly (readonly [string, Value])[] = [
        ['user', resourceMap(user)],
        ['identityProvider', resourceMap(provider)],
        ['authenticationInfo', resourceMap(info)],
        ...assertion(claims),
      ];
      return refusalOf(of(provider)?.admission ?? [], inputOf(ctx, now()));
    },
  };
}

/** The first that matches decides; one that cannot be decided denies. */
function refusalOf(rules: readonly Rule<'ALLOW' | 'DENY'>[], input: PolicyInput): string | null {
  for (const { condition, outcome, name } of rules) {
    const truth = condition.evaluate(input);
    if (typeof truth !== 'boolean') return `${name} cannot be decided: ${truth.message}`;
    if (truth) return outcome === 'ALLOW' ? null : `denied by ${name}`;
  }
  return null;
}

function assertion(claims: object): readonly (readonly [string, Value])[] {
  const map: MapValue = freeMap(claims);
  return [
    ['assertionMap', map],
    ['assertion', map],
  ];
}

/** A principal of its own for each: what conditions give is kept by it. */
function inputOf(fields: readonly (readonly [string, Value])[], time: number): PolicyInput {
  const principal = { kind: 'anonymous', user: null, groups: [], session: null, device: null } as const;
  return {
    ctx: FullMap.of(fields),
    time,
    principal,
    request: null,
    hasGrant: false,
    remote: null,
    budget: null,
    shadow: null,
  };
}

function compileProvider({ spec }: IdentityProvider): {
  rules: RulesOfProvider;
  problems: readonly ConditionProblem[];
} {
  const problems: ConditionProblem[] = [];
  const compile = (condition: Condition, engine: Engine, list: string, i: number): CompiledCondition | null => {
    const result = compileCondition(condition, engine);
    if (result.ok) return result.condition;
    problems.push(...result.problems.map((one) => ({ ...one, path: ['spec', list, i, 'condition', ...one.path] })));
    return null;
  };
  const aal = (spec.aalRules ?? []).flatMap((rule, i) => {
    const condition = compile(rule.condition, ASSERTIONS, 'aalRules', i);
    return condition === null ? [] : [{ condition, outcome: rule.aal, name: `aalRules[${i}]` }];
  });
  const admission = (spec.postAuthenticationRules ?? []).flatMap((rule, i) => {
    const condition = compile(rule.condition, AUTHENTICATIONS, 'postAuthenticationRules', i);
    const name = rule.name ?? `postAuthenticationRules[${i}]`;
    return condition === null ? [] : [{ condition, outcome: rule.effect, name }];
  });
  return { rules: { aal, admission }, problems };
}

import { ownerName, type PolicyOwner } from '../../../policies/attachment.ts';
import type { Decision } from '../../../policies/decision.ts';
import type { Coverage, UncoveredRule } from '../../cli/policy-test/report.ts';
import {
  BUILT_IN_POLICIES,
  builtInSource,
  type KeyPath,
  type PolicySpec,
  policyParents,
  type Resource,
  type SourcedResource,
} from '../../model/index.ts';
import type { OfflineDecision } from '../offline/decisions.ts';

/** Which rules decided a case; two rules of one name in one Policy count as one. */
export class RuleCoverage {
  readonly #deciding = new Set<string>();

  add(decision: Decision | null): void {
    if (decision !== null && decision.policy !== null && decision.rule !== null) {
      this.#deciding.add(keyOf(decision.policy, decision.rule));
    }
  }

  /** The rule that chose the config. */
  addConfigRule({ service, input, config }: OfflineDecision): void {
    if (service === null || input === null || config === null) return;
    const chosen = service.selector.trace?.(input).rules.findIndex((rule) => rule?.truth === true) ?? -1;
    this.#deciding.add(keyOf(ownerName(service.resource), configRule(chosen)));
  }

  /** Of all rules that these resources have. */
  of(resources: readonly SourcedResource[]): Coverage {
    const rules = resources.flatMap((one) => [...rulesOf(one), ...configRulesOf(one)]);
    return {
      rules: rules.length,
      missing: rules.filter(({ policy, rule }) => !this.#deciding.has(keyOf(policy, rule))),
    };
  }
}

/** Names of rules by the name of their policy; what enforcement rules decide has a name of its own. */
export function ruleNames(resources: readonly SourcedResource[]): ReadonlyMap<string, readonly string[]> {
  const builtIn = BUILT_IN_POLICIES.map((resource) => ({ resource, source: builtInSource }));
  const byPolicy = Map.groupBy([...builtIn, ...resources].flatMap(rulesOf), ({ policy }) => policy);
  return new Map(
    [...byPolicy].map(([policy, rules]) => [policy, [...rules.map(({ rule }) => rule), 'enforcementRules']]),
  );
}

/** Policies that some resource attaches by name, with their parents. */
export function attachedNames(resources: readonly SourcedResource[]): ReadonlySet<string> {
  const owners = resources.map(({ resource }) => resource).filter(isOwner);
  const names = owners.flatMap(({ spec }) => spec.authorization?.policies ?? []);
  return new Set(names.flatMap((name) => [name, ...policyParents(name)]));
}

function keyOf(policy: string, rule: string): string {
  return `${policy}\0${rule}`;
}

function rulesOf(sourced: SourcedResource): UncoveredRule[] {
  const { resource } = sourced;
  if (resource.kind === 'Policy') return rulesIn(sourced, resource.metadata.name, resource.spec, ['spec']);
  return isOwner(resource) ? inlineRules(sourced, resource) : [];
}

function isOwner(resource: Resource): resource is Resource & PolicyOwner {
  return typeof resource.spec === 'object' && 'authorization' in resource.spec;
}

function inlineRules(sourced: SourcedResource, owner: PolicyOwner): UncoveredRule[] {
  return (owner.spec.authorization?.inlinePolicies ?? []).flatMap(({ name, spec }, i) =>
    rulesIn(sourced, `${ownerName(owner)}#${name ?? i}`, spec, ['spec', 'authorization', 'inlinePolicies', i, 'spec']),
  );
}

function configRulesOf({ resource, source }: SourcedResource): UncoveredRule[] {
  if (resource.kind !== 'Service') return [];
  return (resource.spec.dynamicConfig?.rules ?? []).map((_, i) => ({
    place: source.locate(['spec', 'dynamicConfig', 'rules', i]),
    policy: ownerName(resource),
    rule: configRule(i),
  }));
}

function configRule(position: number): string {
  return `dynamicConfig.rules[${position}]`;
}

function rulesIn({ source }: SourcedResource, policy: string, spec: PolicySpec, at: KeyPath): UncoveredRule[] {
  if (spec.isDisabled === true) return [];
  return (spec.rules ?? []).map(({ name }, i) => ({
    place: source.locate([...at, 'rules', i]),
    policy,
    rule: name ?? `rules[${i}]`,
  }));
}

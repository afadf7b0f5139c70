import { accessRulesOf, type ClusterConfig, type Namespace, type Policy, type Service } from '../src/model/index.ts';
import { canonicalName } from '../src/model/names.ts';
import { accessGrantPolicy } from './access-grant.ts';
import type { Advice } from './advice/advice.ts';
import { adviceOn } from './advice/policy.ts';
import { type Attachment, attach, type PolicyOwner } from './attachment.ts';
import { anonymousAuthorizer, anonymousPolicyAuthorizer, PrincipalAuthorizer, type ServiceSide } from './authorizer.ts';
import type { ConditionProblem } from './condition.ts';
import type { Authorizer } from './decision.ts';
import type { Engine } from './engine.ts';
import { serviceInput } from './input.ts';
import { type CompiledPolicy, compilePolicy } from './policy.ts';
import { Reduction } from './reduction.ts';
import { scopesOf } from './scopes.ts';

export interface PolicySetParts {
  readonly policies: readonly Policy[];
  /** Every other resource that attaches policies, so that mistakes in inline ones are found before a request. */
  readonly owners: readonly PolicyOwner[];
  readonly engine: Engine;
  /** The set of the last generation: Policies that did not change are taken from it. */
  readonly previous?: PolicySet | null;
}

/** A mistake in a condition of a Policy, or of an inline one; `path` leads to it from the resource. */
export interface PolicyProblem extends ConditionProblem {
  readonly owner: Pick<PolicyOwner, 'kind' | 'metadata'>;
  /** The policy is not enforced, so nothing is broken. */
  readonly isShadow: boolean;
}

/** What is probably not meant in a Policy, or in an inline one; `path` leads to it from the resource. */
export interface PolicyAdvice extends Advice {
  readonly owner: Pick<PolicyOwner, 'kind' | 'metadata'>;
}

/** All policies of one configuration generation. */
export interface PolicySet {
  readonly problems: readonly PolicyProblem[];
  readonly advice: readonly PolicyAdvice[];
  authorizerFor(service: Service, namespace: Namespace, clusterConfig: ClusterConfig): Authorizer;
}

export function compilePolicySet(parts: PolicySetParts): PolicySet {
  return new CompiledPolicySet(parts);
}

interface Entry {
  /** Text of the spec: what did not change is not compiled again. */
  readonly digest: string;
  readonly policy: CompiledPolicy;
}

const GRANTS: Attachment = { policies: [accessGrantPolicy], broken: null, inline: [] };

class CompiledPolicySet implements PolicySet {
  readonly problems: PolicyProblem[] = [];
  readonly advice: PolicyAdvice[] = [];
  readonly #engine: Engine;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #attachments = new WeakMap<PolicyOwner, Attachment>();

  constructor({ policies, owners, engine, previous }: PolicySetParts) {
    this.#engine = engine;
    const known = previous instanceof CompiledPolicySet && previous.#engine === engine ? previous.#entries : null;
    this.#entries = new Map(policies.map((policy) => [policy.metadata.name, this.#compile(policy, known)]));
    for (const owner of owners) this.#reportInline(owner);
  }

  authorizerFor(service: Service, namespace: Namespace, clusterConfig: ClusterConfig): Authorizer {
    const { isAnonymous, isPublic, authorization } = service.spec;
    if (isAnonymous === true && authorization?.enableAnonymous !== true) return anonymousAuthorizer;
    const grants = accessRulesOf(service, namespace, clusterConfig) === null ? [] : [GRANTS];
    const side: ServiceSide = {
      reduction: new Reduction(serviceInput(service, namespace)),
      before: [this.#attach(service), this.#attach(namespace), ...grants],
      after: [this.#attach(clusterConfig)],
    };
    if (isAnonymous === true) return anonymousPolicyAuthorizer(side);
    const scopes = scopesOf(canonicalName('Service', service.metadata.name));
    return new PrincipalAuthorizer(side, { isPublic: isPublic === true, scopes }, (owner) => this.#attach(owner));
  }

  #compile(policy: Policy, known: ReadonlyMap<string, Entry> | null): Entry {
    const { name } = policy.metadata;
    const digest = JSON.stringify(policy.spec);
    const before = known?.get(name);
    // what was wrong may have been the program that compiles Rego
    const isSound = before?.digest === digest && before.policy.problems.length === 0;
    const entry = isSound ? before : { digest, policy: compilePolicy(name, policy.spec, this.#engine) };
    for (const problem of entry.policy.problems) {
      this.problems.push({
        ...problem,
        owner: policy,
        path: ['spec', ...problem.path],
        isShadow: entry.policy.isShadow,
      });
    }
    this.#advise(policy, ['spec'], entry.policy);
    return entry;
  }

  #attach(owner: PolicyOwner): Attachment {
    const known = this.#attachments.get(owner);
    if (known !== undefined) return known;
    const attachment = attach(owner, (name) => this.#entries.get(name)?.policy, this.#engine);
    this.#attachments.set(owner, attachment);
    return attachment;
  }

  #reportInline(owner: PolicyOwner): void {
    for (const [i, policy] of this.#attach(owner).inline.entries()) {
      const start = ['spec', 'authorization', 'inlinePolicies', i, 'spec'];
      for (const problem of policy.problems) {
        this.problems.push({ ...problem, owner, path: [...start, ...problem.path], isShadow: policy.isShadow });
      }
      this.#advise(owner, start, policy);
    }
  }

  #advise(owner: PolicyAdvice['owner'], start: Advice['path'], { spec }: CompiledPolicy): void {
    for (const one of adviceOn(spec)) this.advice.push({ ...one, owner, path: [...start, ...one.path] });
  }
}

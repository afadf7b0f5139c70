import type { Authorization } from '../src/model/authorization.ts';
import type { Kind } from '../src/model/kinds.ts';
import { canonicalName, policyParents } from '../src/model/names.ts';
import { pathText } from '../src/model/validate/problem.ts';
import type { Decision } from './decision.ts';
import type { Engine } from './engine.ts';
import { type CompiledPolicy, compilePolicy } from './policy.ts';

/** A resource that policies can be attached to. */
export interface PolicyOwner {
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly authorization?: Authorization };
}

/** The policies that one resource attaches, in order: those by name with their parents, then the inline ones. */
export interface Attachment {
  readonly policies: readonly CompiledPolicy[];
  /** The first one that cannot be used. */
  readonly broken: Decision | null;
  /** Those of `policies` that are inline. */
  readonly inline: readonly CompiledPolicy[];
}

const NOTHING: Attachment = { policies: [], broken: null, inline: [] };

export function ownerName(owner: PolicyOwner): string {
  return `${owner.kind}/${canonicalName(owner.kind, owner.metadata.name)}`;
}

export function attach(
  owner: PolicyOwner,
  policyNamed: (name: string) => CompiledPolicy | undefined,
  engine: Engine,
): Attachment {
  const { authorization } = owner.spec;
  if (authorization === undefined) return NOTHING;
  const names = (authorization.policies ?? []).flatMap((name) => [name, ...policyParents(name)]);
  const inline = (authorization.inlinePolicies ?? []).map(({ name, spec }, i) => {
    return compilePolicy(`${ownerName(owner)}#${name ?? i}`, spec, engine);
  });
  const missing = names.find((name) => policyNamed(name) === undefined);
  const policies = [...names.flatMap((name) => policyNamed(name) ?? []), ...inline];
  const broken = missing === undefined ? brokenOf(policies) : missingPolicy(missing, owner);
  return { policies, broken, inline };
}

function brokenOf(policies: readonly CompiledPolicy[]): Decision | null {
  const policy = policies.find(({ isDisabled, problems }) => !isDisabled && problems.length > 0);
  const problem = policy?.problems[0];
  if (policy === undefined || problem === undefined) return null;
  return policyError(policy.name, `${pathText(problem.path)}: ${problem.message}`);
}

function missingPolicy(name: string, owner: PolicyOwner): Decision {
  return policyError(name, `${ownerName(owner)} refers to it and it does not exist`);
}

function policyError(policy: string, detail: string): Decision {
  return { effect: 'deny', reason: 'policy-error', policy, rule: null, detail };
}

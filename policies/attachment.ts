import type { Authorization } from '../src/model/authorization.ts';
import type { Kind } from '../src/model/kinds.ts';
import { canonicalName, policyParents } from '../src/model/names.ts';
import { brokenOf, policyError } from './broken.ts';
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
  /** The first one that cannot be used, shadow policies apart. */
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
  const broken =
    missing === undefined ? brokenOf(policies.filter(({ isShadow }) => !isShadow)) : missingPolicy(missing, owner);
  return { policies, broken, inline };
}

function missingPolicy(name: string, owner: PolicyOwner): Decision {
  return policyError(name, `${ownerName(owner)} refers to it and it does not exist`);
}

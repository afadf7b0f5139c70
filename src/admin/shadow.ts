import { ownerName } from '../../policies/attachment.ts';
import type { Authorization, Policy, Resource } from '../model/index.ts';

/** Names of the policies that are evaluated and not enforced, as the log has them. */
export function shadowPolicies(resources: readonly Resource[]): string[] {
  const named = resources.filter((one): one is Policy => one.kind === 'Policy' && isShadow(one.spec));
  return [...named.map(({ metadata }) => metadata.name), ...resources.flatMap(inlineShadows)].sort();
}

function inlineShadows({ kind, metadata, spec }: Resource): string[] {
  const { authorization } = spec as { readonly authorization?: Authorization };
  return (authorization?.inlinePolicies ?? []).flatMap(({ name, spec: policy }, i) =>
    isShadow(policy) ? [`${ownerName({ kind, metadata, spec: {} })}#${name ?? i}`] : [],
  );
}

function isShadow({ shadow, isDisabled }: Policy['spec']): boolean {
  return shadow === true && isDisabled !== true;
}

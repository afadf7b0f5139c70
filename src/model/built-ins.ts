import type { Resource } from './kinds.ts';
import { DEFAULT_NAMESPACE } from './names.ts';
import type { Policy } from './policy.ts';

function always(name: string, effect: 'ALLOW' | 'DENY'): Policy {
  return {
    kind: 'Policy',
    metadata: { name, isSystem: true },
    spec: { rules: [{ name, condition: { matchAny: true }, effect }] },
  };
}

/** Policies that are always there and cannot be replaced. */
export const BUILT_IN_POLICIES: readonly Policy[] = [always('allow-all', 'ALLOW'), always('deny-all', 'DENY')];

/** What is there when nothing else says what it is. */
export const DEFAULT_RESOURCES: readonly Resource[] = [
  { kind: 'Namespace', metadata: { name: DEFAULT_NAMESPACE, isSystem: true }, spec: {} },
  { kind: 'ClusterConfig', metadata: { name: 'default', isSystem: true }, spec: {} },
];

export function isBuiltInPolicy(name: string): boolean {
  return BUILT_IN_POLICIES.some((policy) => policy.metadata.name === name);
}

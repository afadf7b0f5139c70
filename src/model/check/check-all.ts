import { type Diagnostic, sortDiagnostics } from '../../base/diagnostic.ts';
import type { Kind, ResourceOf } from '../kinds.ts';
import type { SourcedResource } from '../source.ts';
import { type Checked, type CheckOptions, everything, located, type ResourceCheck } from './checker.ts';
import { checkClusterConfig } from './cluster-config.ts';
import { checkCredential } from './credential.ts';
import { checkDuplicate } from './duplicate.ts';
import { checkIdentityProvider } from './identity-provider.ts';
import { checkNamespace } from './namespace.ts';
import { checkPolicy } from './policy.ts';
import { checkReferences } from './references.ts';
import { checkSecret } from './secret.ts';
import { checkService } from './service.ts';
import { checkUser } from './user.ts';

export type { CheckOptions } from './checker.ts';

const CHECKS: { readonly [K in Kind]?: ResourceCheck<ResourceOf<K>> } = {
  ClusterConfig: checkClusterConfig,
  Credential: checkCredential,
  IdentityProvider: checkIdentityProvider,
  Namespace: checkNamespace,
  Policy: checkPolicy,
  Secret: checkSecret,
  Service: checkService,
  User: checkUser,
};

/**
 * What is wrong with resources that are sound by themselves: how their fields go together, what they refer to, and
 * how they get along with each other. Every mistake at once, in reading order.
 */
export function checkAll(sourced: readonly SourcedResource[], options: CheckOptions): Diagnostic[] {
  return checkSome(sourced, sourced, options);
}

/** What `checkAll` says of these among them. */
export function checkSome(
  some: readonly SourcedResource[],
  sourced: readonly SourcedResource[],
  options: CheckOptions,
): Diagnostic[] {
  const all = everything(sourced, options);
  return sortDiagnostics(some.flatMap((one) => checkOne(one, all)));
}

/** What `checkAll` says of one of them. */
export function checkOne(one: SourcedResource, all: Checked): Diagnostic[] {
  const duplicate = checkDuplicate(one, all);
  if (duplicate.length > 0) return located(duplicate, one);
  const check = CHECKS[one.resource.kind] as ResourceCheck<typeof one.resource> | undefined;
  return located([...checkReferences(one.resource, all), ...(check?.(one.resource, all) ?? [])], one);
}

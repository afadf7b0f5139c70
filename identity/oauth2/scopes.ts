import { DEFAULT_NAMESPACE, isScope, namespaceOf } from '../../src/model/index.ts';

/** As many as a Credential may state. */
const MOST_SCOPES = 128;

/** What stands in a `scope` parameter (RFC 6749 3.3); `null`: one of them is not a scope of ours. */
export function parseScopes(text: string): readonly string[] | null {
  const scopes = [...new Set(text.split(' ').filter((word) => word !== ''))];
  return scopes.length > 0 && scopes.length <= MOST_SCOPES && scopes.every(isScope) ? scopes : null;
}

/** Whether each of the scopes is within one of those that are allowed; none stated: all that need not be. */
export function areWithin(asked: readonly string[], allowed: readonly string[] | undefined): boolean {
  if (isUnlimited(allowed)) return !asked.some(mustBeStated);
  return asked.every((scope) => allowed!.some((wide) => covers(wide, scope)));
}

/**
 * What both allow. `undefined`: neither states any, so nothing is narrowed. Empty: nothing is left, which is not to be
 * taken for "no narrowing".
 */
export function meetOf(
  some: readonly string[] | undefined,
  others: readonly string[] | undefined,
): readonly string[] | undefined {
  if (isUnlimited(some)) return isUnlimited(others) ? undefined : others;
  if (isUnlimited(others)) return some;
  const met = some!.flatMap((one) => others!.flatMap((other) => narrowerOf(one, other)));
  return [...new Set(met)];
}

/** Who states no scopes is good for all Services, and for nothing that changes who may do what. */
export function mustBeStated(scope: string): boolean {
  return scope.startsWith('scim:');
}

function isUnlimited(scopes: readonly string[] | undefined): boolean {
  return scopes === undefined || scopes.length === 0;
}

function narrowerOf(one: string, other: string): string[] {
  if (covers(one, other)) return [other];
  return covers(other, one) ? [one] : [];
}

/** Whether whatever `narrow` allows is allowed by `wide` too. */
export function covers(wide: string, narrow: string): boolean {
  const [kind = '', outer = ''] = wide.split(':');
  const [otherKind = '', inner = ''] = narrow.split(':');
  if (kind !== otherKind) return false;
  if (outer === '*') return true;
  return kind === 'service' ? coversService(outer, inner) : coversApi(outer, inner);
}

function coversService(wide: string, narrow: string): boolean {
  if (!wide.endsWith('/*')) return canonical(wide) === canonical(narrow);
  if (narrow === '*') return false;
  const namespace = wide.slice(0, -'/*'.length);
  return narrow.endsWith('/*') ? narrow === wide : namespaceOf(narrow) === namespace;
}

/** `api` and `api.default` are the same Service. */
function canonical(name: string): string {
  const suffix = `.${DEFAULT_NAMESPACE}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** `core` has `core.Service`, which has `core.Service/Method`. */
function coversApi(wide: string, narrow: string): boolean {
  return narrow === wide || narrow.startsWith(wide.includes('.') ? `${wide}/` : `${wide}.`);
}

import { DEFAULT_NAMESPACE, namespaceOf } from '../src/model/names.ts';

/** Every scope that lets a session use the Service. `name` is canonical: `api`, or `api.prod`. */
export function scopesOf(name: string): ReadonlySet<string> {
  const namespace = namespaceOf(name);
  const scopes = new Set(['service:*', `service:${name}`, `service:${namespace}/*`]);
  if (namespace === DEFAULT_NAMESPACE) scopes.add(`service:${name}.${DEFAULT_NAMESPACE}`);
  return scopes;
}

/** No scopes: no narrowing. Scopes of other things than Services give nothing here. */
export function scopesAllow(shown: readonly string[] | undefined, accepted: ReadonlySet<string>): boolean {
  return shown === undefined || shown.length === 0 || shown.some((scope) => accepted.has(scope));
}

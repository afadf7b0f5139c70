import { DEFAULT_NAMESPACE } from '../model/index.ts';

/**
 * The public host names of a Service, the primary one first. The apex is the auth host, so `default.default` has
 * only its long name.
 */
export function hostsOf(serviceName: string, domain: string, further: readonly string[]): string[] {
  const [name, namespace = DEFAULT_NAMESPACE] = serviceName.split('.') as [string, string?];
  return [...new Set([...ownHosts(name, namespace, domain), ...further.map((host) => host.toLowerCase())])];
}

function ownHosts(name: string, namespace: string, domain: string): string[] {
  const long = `${name}.${namespace}.${domain}`;
  if (namespace === DEFAULT_NAMESPACE) return name === 'default' ? [long] : [`${name}.${domain}`, long];
  return name === 'default' ? [`${namespace}.${domain}`, long] : [long];
}

/** Whether a host name, in lower case, is one of a list. */
export type HostList = (host: string) => boolean;

/** `*.example.com` is every name below example.com, and not example.com itself. */
export function hostList(names: readonly string[]): HostList {
  const exact = new Set(names.filter((name) => !name.startsWith('*.')));
  const below = new Set(names.filter((name) => name.startsWith('*.')).map((name) => name.slice(2)));
  return (host) => exact.has(host) || (below.size > 0 && parents(host).some((parent) => below.has(parent)));
}

/** `b.c` and `c` of `a.b.c`. */
function parents(host: string): string[] {
  const labels = host.split('.');
  return labels.slice(1).map((_, i) => labels.slice(i + 1).join('.'));
}

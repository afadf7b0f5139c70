/** The host of a URL, an IPv6 address without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

const SECURE_PORT = 443;
const PLAIN_PORT = 80;

/** The port that a URL names, or that of its scheme. */
export function portOf({ protocol, port }: URL): number {
  if (port !== '') return Number(port);
  return isSecure(protocol) ? SECURE_PORT : PLAIN_PORT;
}

function isSecure(protocol: string): boolean {
  return protocol === 'https:' || protocol === 'wss:';
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `localhost` and the names below it always mean this machine (RFC 6761 6.3), so plain HTTP to them is safe. */
export function isLocalhostName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

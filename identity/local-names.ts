import { isIPv4 } from 'node:net';

/** `localhost` and the names below it always mean this machine (RFC 6761 6.3), so plain HTTP to them is safe. */
export function isLocalhostName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Whether a session may travel to this host: by HTTPS, or by plain HTTP that cannot leave the machine. */
export function mayCarrySession(request: { readonly scheme: string; readonly host: string }, domain: string): boolean {
  return request.scheme === 'https' || (isLocalhostName(domain) && isLocalhostName(request.host));
}

/** As `URL.hostname` spells it: a localhost name, `127.0.0.0/8` or `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return isLocalhostName(host) || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

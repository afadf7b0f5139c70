import { isIPv4 } from 'node:net';
import { isLocalhostName } from '../src/base/localhost.ts';

/** Whether a session may travel to this host: by HTTPS, or by plain HTTP that cannot leave the machine. */
export function mayCarrySession(request: { readonly scheme: string; readonly host: string }, domain: string): boolean {
  return request.scheme === 'https' || (isLocalhostName(domain) && isLocalhostName(request.host));
}

/** As `URL.hostname` spells it: a localhost name, `127.0.0.0/8` or `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return isLocalhostName(host) || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

import { isIP } from 'node:net';
import type { Certificates } from './certificates.ts';

/** What decides which hosts may be asked for on a TLS connection. */
export interface HandshakeNames {
  /** Canonical; `null`: the client asked for no name, as clients do that know an address only. */
  readonly serverName: string | null;
  readonly certificates: Certificates;
  /** Who may connect was decided for the name of the handshake. */
  readonly asksForClientCertificate: boolean;
}

/**
 * Whether a request for `host` may come on the connection (RFC 9110 7.4; otherwise 421). Browsers use one connection
 * for every host that its certificate names, which is right as long as the host would have been given that certificate
 * itself, and wrong when the certificate of the client was part of the handshake.
 */
export function mayAsk(host: string, { serverName, certificates, asksForClientCertificate }: HandshakeNames): boolean {
  if (host === serverName) return true;
  if (asksForClientCertificate) return serverName === null && isAddress(host);
  if (serverName === null) return true;
  const served = certificates.select(serverName);
  return served !== null && served.covers(host) !== null && certificates.select(host) === served;
}

/** There is no way to ask for an address in a handshake (RFC 6066 3). */
function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0;
}

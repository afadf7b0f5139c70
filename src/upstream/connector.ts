import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import type { DialAddress } from './resolve.ts';
import type { UpstreamTlsSpec } from './spec.ts';

export interface Dialling {
  readonly origin: URL;
  readonly dial: DialAddress;
  readonly tls: UpstreamTlsSpec;
  readonly secureContext: () => SecureContext;
  /** Milliseconds, TLS included. */
  readonly timeout: number;
}

/** The connection was not made in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
}

/**
 * Makes the connections of one upstream. The names that TLS asks for and checks are those of the URL, whatever
 * address is dialled and whatever Host the request has. No TLS session is resumed: a resumed one is not checked again.
 */
export function createConnector(dialling: Dialling): buildConnector.connector {
  return (_options, callback) => {
    const socket = dialling.origin.protocol === 'https:' ? dialTls(dialling) : dialPlain(dialling);
    const ready = dialling.origin.protocol === 'https:' ? 'secureConnect' : 'connect';
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout('connecting took too long')), dialling.timeout);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      callback(error, null);
    };
    socket.once('error', failed).once(ready, () => {
      clearTimeout(timer);
      socket.off('error', failed);
      callback(null, socket);
    });
  };
}

function dialPlain({ dial }: Dialling): Socket {
  return connectTcp({ host: dial.host, port: dial.port, noDelay: true, keepAlive: true });
}

function dialTls({ origin, dial, tls, secureContext }: Dialling): Socket {
  const name = bareHost(origin);
  return connectTls({
    host: dial.host,
    port: dial.port,
    // RFC 6066 3: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext: secureContext(),
    rejectUnauthorized: tls.insecureSkipVerify !== true,
    checkServerIdentity: (_dialled, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
  }).setNoDelay(true);
}

/** The host of a URL, an IPv6 address without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

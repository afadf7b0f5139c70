import type { Socket } from 'node:net';
import { createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { messageOf } from '../../base/errors.ts';
import type { Sweeper } from '../../base/sweeper.ts';
import type { Notices } from '../notices.ts';
import type { ConnectionFacts } from '../protocol.ts';
import { mayAsk } from './authority.ts';
import { type ClientCertificates, clientOf } from './client-certificate.ts';
import { SecureContexts, type TlsMaterial } from './contexts.ts';
import { failureWords } from './failure-words.ts';
import { Handshake } from './handshake.ts';
import { canonicalServerName } from './server-name.ts';

export interface TlsSettings {
  readonly clientCertificates: ClientCertificates;
  /** Asked at each connection; the same object as long as nothing has changed. */
  readonly material: () => TlsMaterial;
}

export interface TlsServerParts {
  readonly settings: TlsSettings;
  readonly sweeper: Sweeper;
  readonly handshakeTimeout: number;
  readonly notices: Notices;
}

export type Secured = (socket: TLSSocket, facts: ConnectionFacts, protocol: 'h2' | 'http/1.1') => void;

const FAILED = 'TLS handshakes failed';

/** Takes accepted sockets through their TLS handshake. It listens nowhere itself. */
export class TlsServer {
  readonly #parts: TlsServerParts;
  readonly #server: Server;
  readonly #handshakes = new Map<string, Handshake>();
  #contexts: SecureContexts;

  constructor(parts: TlsServerParts) {
    this.#parts = parts;
    const { clientCertificates, material } = parts.settings;
    this.#contexts = new SecureContexts(material());
    this.#server = createServer({
      ...this.#contexts.defaultOptions,
      ALPNProtocols: ['h2', 'http/1.1'],
      SNICallback: (name, done) => done(null, this.#contextFor(name)),
      requestCert: clientCertificates !== 'none',
      rejectUnauthorized: clientCertificates === 'required',
    });
    this.#server.on('secureConnection', (socket) => this.#established(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#failed(socket, failureWords(error)));
  }

  /**
   * @param peerAddress who is told to be the peer, which the PROXY protocol may have changed
   * @returns what may be given less time
   */
  take(socket: Socket, peerAddress: string, secured: Secured): Handshake {
    const material = this.#current();
    const { sweeper, handshakeTimeout, notices } = this.#parts;
    const handshake = new Handshake({ socket, peerAddress, material, secured }, handshakeTimeout, () =>
      notices.note(FAILED, `${peerAddress}: it took too long`),
    );
    const key = keyOf(socket);
    this.#handshakes.set(key, handshake);
    sweeper.add(handshake);
    socket.on('close', () => this.#forget(key, handshake));
    // Nobody ends a half of a connection that says nothing yet: load balancers look in this way whether somebody listens.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
    return handshake;
  }

  #current(): TlsMaterial {
    const material = this.#parts.settings.material();
    if (material === this.#contexts.material) return material;
    this.#contexts = new SecureContexts(material);
    this.#server.setSecureContext(this.#contexts.defaultOptions);
    return material;
  }

  /** Called from within OpenSSL with a name that anybody may have sent: it must not throw (CVE-2026-21637). */
  #contextFor(name: string): SecureContext | undefined {
    try {
      return this.#contexts.forName(name);
    } catch (thrown) {
      this.#parts.notices.note('a certificate cannot be used', messageOf(thrown));
      return undefined;
    }
  }

  #established(socket: TLSSocket): void {
    socket.on('error', ignore);
    socket.allowHalfOpen = true;
    const handshake = this.#handshakes.get(keyOf(socket));
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    this.#forget(keyOf(socket), handshake);
    const facts = this.#factsOf(socket, handshake);
    if (typeof facts === 'string') this.#failed(socket, facts);
    else handshake.parts.secured(socket, facts, socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1');
  }

  /** @returns a text that says why the connection must end. */
  #factsOf(socket: TLSSocket, { parts }: Handshake): ConnectionFacts | string {
    const serverName = serverNameOf(socket);
    if (serverName === '') return 'it asked for a name that is none';
    const { clientCertificates } = this.#parts.settings;
    const client = clientOf(socket, clientCertificates);
    if (typeof client === 'string') return client;
    const { certificates } = parts.material;
    const names = { serverName, certificates, asksForClientCertificate: clientCertificates !== 'none' };
    return {
      peerAddress: parts.peerAddress,
      scheme: 'https',
      tls: { version: socket.getProtocol() ?? '', serverName, clientCertificate: client },
      mayAsk: (host) => mayAsk(host, names),
    };
  }

  #failed(socket: TLSSocket, because: string): void {
    const client = this.#handshakes.get(keyOf(socket))?.parts.peerAddress ?? socket.remoteAddress ?? 'a client';
    this.#parts.notices.note(FAILED, `${client}: ${because}`);
    socket.destroy();
  }

  #forget(key: string, handshake: Handshake): void {
    this.#parts.sweeper.delete(handshake);
    if (this.#handshakes.get(key) === handshake) this.#handshakes.delete(key);
  }
}

/** `null`: none was asked for; empty: it cannot be a name. */
function serverNameOf({ servername }: TLSSocket): string | null {
  return typeof servername === 'string' ? (canonicalServerName(servername) ?? '') : null;
}

/** What the socket and the TLS socket over it have in common, and no two open connections of a listener. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

function ignore(): void {}

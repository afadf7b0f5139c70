import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type SecureContext, TLSSocket } from 'node:tls';
import { failureOf, UpstreamFailure } from '../failures.ts';
import type { DialAddress } from '../resolve.ts';
import type { UpstreamTlsSpec } from '../spec.ts';
import { bareHost, hostPort, portOf } from './origin.ts';
import type { OutboundProxy } from './outbound-proxy.ts';
import { openTunnel } from './tunnel.ts';

/** One connection that is to be made. */
export interface Dialling {
  /** TLS asks for and checks the names of this URL, whatever address is dialled and whatever Host a request has. */
  readonly origin: URL;
  /** Speak TLS with the origin. */
  readonly secure: boolean;
  /** Not looked at when there is a proxy, which resolves the origin's name itself. */
  readonly address: DialAddress;
  readonly proxy: OutboundProxy | null;
  /** Has a proxy open a tunnel, as it always does when the origin speaks TLS; otherwise requests go to the proxy. */
  readonly tunnel: boolean;
  readonly tls: UpstreamTlsSpec;
  readonly secureContext: () => SecureContext;
  /** What TLS offers, as in `http/1.1` and `h2`. */
  readonly protocols: readonly string[];
  /** Milliseconds for all of it: TCP, proxy, TLS. */
  readonly timeout: number;
  /** Reads into memory of the caller; only where the socket is not inside a tunnel (`Dialled.lent`). */
  readonly onread: OnReadOpts | null;
}

/** A connection that stands. Its socket has an `error` listener, is half-open capable and in no reading mode yet. */
export interface Dialled {
  readonly socket: Socket;
  /** The protocol that TLS agreed on; `null` when it agreed on none, or there is no TLS. */
  readonly protocol: string | null;
  /** The socket reads through `Dialling.onread`; otherwise by `data` events. */
  readonly lent: boolean;
}

export interface DialHandler {
  connected(dialled: Dialled): void;
  failed(failure: UpstreamFailure): void;
}

/** The first hop, in the address form of the log. */
export function dialledText({ address, proxy }: Pick<Dialling, 'address' | 'proxy'>): string {
  return proxy === null ? hostPort(address.host, address.port) : hostPort(proxy.host, proxy.port);
}

/** Makes one connection and tells `handler` once. No TLS session is resumed: a resumed one is not checked again. */
export class Dial {
  readonly #dialling: Dialling;
  readonly #handler: DialHandler;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | null = null;
  #over = false;

  constructor(dialling: Dialling, handler: DialHandler) {
    this.#dialling = dialling;
    this.#handler = handler;
    this.#timer = setTimeout(
      () => this.cancel(new UpstreamFailure('upstream-timeout', 'connecting took too long')),
      dialling.timeout,
    );
    this.#attempt(() => this.#firstHop());
  }

  /** Gives up. Does nothing once the dial is over. */
  cancel(because: UpstreamFailure): void {
    if (this.#over) return;
    this.#end();
    this.#socket?.destroy();
    this.#handler.failed(because);
  }

  #firstHop(): void {
    const { proxy, secure } = this.#dialling;
    if (proxy !== null) this.#reachProxy(proxy);
    else if (secure) this.#await(this.#dialTls(null), 'secureConnect', (socket) => this.#done(socket, true));
    else this.#await(this.#dialPlain(), 'connect', (socket) => this.#done(socket, true));
  }

  #reachProxy(proxy: OutboundProxy): void {
    const { secure, tunnel, onread } = this.#dialling;
    const inTunnel = secure || tunnel;
    const socket = dialProxy(proxy, inTunnel ? null : onread);
    const ready = inTunnel ? () => this.#throughTunnel(proxy, socket) : () => this.#done(socket, true);
    this.#await(socket, proxy.secure ? 'secureConnect' : 'connect', ready);
  }

  #throughTunnel(proxy: OutboundProxy, socket: Socket): void {
    const { origin, secure } = this.#dialling;
    openTunnel(socket, hostPort(bareHost(origin), portOf(origin)), proxy.authorization, (failure) => {
      if (this.#over) return;
      if (failure !== null) this.cancel(failure);
      else if (secure)
        this.#attempt(() => this.#await(this.#dialTls(socket), 'secureConnect', (inner) => this.#done(inner, false)));
      else this.#done(socket, false);
    });
  }

  #await(socket: Socket, event: 'connect' | 'secureConnect', next: (socket: Socket) => void): void {
    this.#socket = socket;
    socket.on('error', (error) => this.cancel(failureOf(error)));
    socket.once('close', () => this.cancel(new UpstreamFailure('upstream-unreachable', 'the connection was closed')));
    socket.once(event, () => {
      if (!this.#over) next(socket);
    });
  }

  #dialPlain(): Socket {
    const { address, onread } = this.#dialling;
    return connectTcp({ ...endpoint(address), ...reading(onread) });
  }

  #dialTls(through: Socket | null): TLSSocket {
    const { origin, address, tls, secureContext, protocols, onread } = this.#dialling;
    const name = bareHost(origin);
    return connectTls({
      ...(through === null ? { ...endpoint(address), ...reading(onread) } : { socket: through }),
      ...serverName(name),
      secureContext: secureContext(),
      rejectUnauthorized: tls.insecureSkipVerify !== true,
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(name, certificate),
      ALPNProtocols: [...protocols],
    });
  }

  #done(socket: Socket, lent: boolean): void {
    this.#end();
    socket.setNoDelay(true);
    const protocol = socket instanceof TLSSocket ? socket.alpnProtocol || null : null;
    this.#handler.connected({ socket, protocol, lent: lent && this.#dialling.onread !== null });
  }

  /** An option that Node refuses fails this connection, and nothing else. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      queueMicrotask(() => this.cancel(failureOf(error)));
    }
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

function dialProxy({ host, port, secure, secureContext }: OutboundProxy, onread: OnReadOpts | null): Socket {
  const where = { ...endpoint({ host, port }), ...reading(onread) };
  if (!secure) return connectTcp(where);
  return connectTls({ ...where, ...serverName(host), ...(secureContext === null ? {} : { secureContext }) });
}

function endpoint({ host, port }: DialAddress) {
  return { host, port, noDelay: true, keepAlive: true, allowHalfOpen: true } as const;
}

function reading(onread: OnReadOpts | null): { onread?: OnReadOpts } {
  return onread === null ? {} : { onread };
}

/** RFC 6066 3: an address is no server name. */
function serverName(name: string): { servername?: string } {
  return isIP(name) === 0 ? { servername: name } : {};
}

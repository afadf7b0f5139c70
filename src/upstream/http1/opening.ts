import type { OnReadOpts, Socket } from 'node:net';
import { isPromise } from '../../base/awaitable.ts';
import { Dial, type Dialled, dialledText } from '../connect/dial.ts';
import { bareHost, portOf } from '../connect/origin.ts';
import { failureOf, type UpstreamFailure } from '../failures.ts';
import type { DialAddress } from '../resolve.ts';
import type { TransportParts } from '../transport.ts';

/** Waits for a connection; told once. */
export interface OpeningHandler {
  opened(socket: Socket, lent: boolean): void;
  notOpened(failure: UpstreamFailure): void;
}

/** A connection that is being made: its address is found, then dialled. */
export class Opening {
  /** What is dialled, for the log; empty until it is known. */
  address = '';
  readonly #parts: TransportParts;
  readonly #isTunnelled: boolean;
  readonly #onread: OnReadOpts;
  readonly #handler: OpeningHandler;
  #dial: Dial | null = null;
  #over = false;

  constructor(parts: TransportParts, isTunnelled: boolean, onread: OnReadOpts, handler: OpeningHandler) {
    this.#parts = parts;
    this.#isTunnelled = isTunnelled;
    this.#onread = onread;
    this.#handler = handler;
  }

  start(): void {
    const { proxy, origin, address } = this.#parts;
    if (proxy !== null) {
      this.#dialTo({ host: bareHost(origin), port: portOf(origin) });
      return;
    }
    const given = address();
    if (!isPromise(given)) this.#dialTo(given);
    else
      given.then(
        (found) => this.#dialTo(found),
        (error: Error) => this.cancel(failureOf(error)),
      );
  }

  /** Gives up. Does nothing once the connection stands. */
  cancel(because: UpstreamFailure): void {
    if (this.#dial !== null) this.#dial.cancel(because);
    else this.failed(because);
  }

  connected({ socket, lent }: Dialled): void {
    this.#over = true;
    this.#handler.opened(socket, lent);
  }

  failed(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.notOpened(failure);
  }

  #dialTo(address: DialAddress): void {
    if (this.#over) return;
    const { origin, proxy, tls, secureContext, timeouts } = this.#parts;
    this.address = dialledText({ address, proxy });
    this.#dial = new Dial(
      {
        origin,
        secure: origin.protocol === 'https:',
        address,
        proxy,
        tunnel: this.#isTunnelled,
        tls,
        secureContext,
        protocols: ['http/1.1'],
        timeout: timeouts.connect,
        onread: this.#onread,
      },
      this,
    );
  }
}

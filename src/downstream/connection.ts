import type { Socket } from 'node:net';
import type { RequestBody } from './request-body.ts';

/**
 * One downstream connection: its requests are served one after another, and none is begun after the one that closes
 * it. Node itself begins every request that arrived in one packet, also those behind a `Connection: close`
 * (RFC 9112 9.6 says to ignore them), which is why the order is kept here.
 */
export class Connection {
  /** The request body that is arriving, so that a framing mistake in it can be told to whoever reads it. */
  body: RequestBody | null = null;
  readonly #socket: Socket;
  readonly #mostWaiting: number;
  #waiting: (() => Promise<void>)[] = [];
  #busy = false;
  #closing = false;

  constructor(socket: Socket, mostWaiting: number) {
    this.#socket = socket;
    this.#mostWaiting = mostWaiting;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The answer that is being made is the last one. */
  get closing(): boolean {
    return this.#closing;
  }

  closeAfterThis(): void {
    this.#closing = true;
    this.#waiting = [];
  }

  /** Serves a request when its turn comes, which may be never. `serve` does not reject. */
  take(serve: () => Promise<void>): void {
    if (this.#closing) return;
    if (!this.#busy) this.#run(serve);
    else if (this.#waiting.length < this.#mostWaiting) this.#waiting.push(serve);
    else this.closeAfterThis();
  }

  #run(serve: () => Promise<void>): void {
    this.#busy = true;
    serve().then(
      () => this.#next(),
      () => this.#socket.destroy(),
    );
  }

  #next(): void {
    this.#busy = false;
    this.body = null;
    const next = this.#waiting.shift();
    if (this.#closing) this.#socket.destroySoon();
    else if (next !== undefined) this.#run(next);
  }
}

/** The connections of a listener. */
export class Connections {
  readonly #bySocket = new WeakMap<Socket, Connection>();
  readonly #mostWaiting: number;

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting;
  }

  of(socket: Socket): Connection {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const connection = new Connection(socket, this.#mostWaiting);
    this.#bySocket.set(socket, connection);
    return connection;
  }
}

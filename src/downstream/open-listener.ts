import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { unmapped } from '../base/cidr.ts';
import { Arrival, type ArrivalParts, type Engines } from './arrival.ts';
import { arrivalParts, type ListenOptions } from './listen-options.ts';
import type { ServeParts } from './protocol.ts';
import { quietMoment } from './quiet-moment.ts';

/** A named address that requests are accepted on. */
export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /**
   * Accepts no more connections, but for those that the system has made already; what is open goes on as it is.
   * Resolves when the port is free.
   */
  stopAccepting(): Promise<void>;
  /** Accepts no more connections, lets answers that are being made go out, and after `ms` closes what is left. */
  drain(ms: number): Promise<void>;
  /** Closes everything at once. */
  close(): Promise<void>;
}

/** @throws when the address cannot be listened on. */
export async function openListener(
  options: ListenOptions,
  createEngines: (parts: ServeParts) => Engines,
): Promise<Listener> {
  const listener = new OpenListener(options, createEngines);
  await listener.bind(options);
  return listener;
}

class OpenListener implements Listener {
  readonly #server: Server;
  readonly #parts: ArrivalParts;
  readonly #arrivals = new Set<Arrival>();
  #address = { host: '', port: 0 };
  #draining = false;
  #accepted = 0;
  #stopped: Promise<void> | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: ListenOptions, createEngines: (parts: ServeParts) => Engines) {
    this.#parts = arrivalParts(options, createEngines, () => this.#draining);
    // A client may send the end of its half together with its request, and still wants the answer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#server.on('connection', (socket) => this.#accept(socket));
  }

  bind({ host, port, reusePort = false }: ListenOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, reusePort }, () => {
        this.#server.off('error', reject);
        // Such as too many open files: this connection is lost, the listener goes on.
        this.#server.on('error', (error) => this.#parts.notices.note('connections are not accepted', error.message));
        const { address, port: bound } = this.#server.address() as AddressInfo;
        this.#address = { host: address, port: bound };
        resolve();
      });
    });
  }

  get address(): Listener['address'] {
    return this.#address;
  }

  stopAccepting(): Promise<void> {
    this.#stopped ??= quietMoment(() => this.#accepted).then(() => void this.#closeServer());
    return this.#stopped;
  }

  async drain(ms: number): Promise<void> {
    this.#draining = true;
    for (const arrival of this.#arrivals) arrival.drain();
    await this.stopAccepting();
    const timer = setTimeout(() => this.#destroyAll(), ms);
    await this.#closeServer();
    clearTimeout(timer);
  }

  close(): Promise<void> {
    this.#draining = true;
    const closed = this.#closeServer();
    this.#destroyAll();
    return closed;
  }

  /** Resolves when every connection is gone. */
  #closeServer(): Promise<void> {
    this.#closed ??= new Promise((resolve) => void this.#server.close(() => resolve()));
    return this.#closed;
  }

  #destroyAll(): void {
    for (const arrival of this.#arrivals) arrival.destroy();
  }

  #accept(socket: Socket): void {
    this.#accepted++;
    socket.on('error', ignore);
    const { admission, notices, limits } = this.#parts;
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) {
      socket.destroy();
    } else if (admission.enter()) {
      this.#welcome(socket, remoteAddress);
    } else {
      notices.note('connections are refused', `${limits.connections} are open`);
      socket.destroy();
    }
  }

  #welcome(socket: Socket, remoteAddress: string): void {
    const arrival = new Arrival(socket, unmapped(remoteAddress), this.#parts);
    this.#arrivals.add(arrival);
    socket.on('close', () => {
      this.#arrivals.delete(arrival);
      this.#parts.admission.leave();
      arrival.closed();
    });
    if (this.#draining) arrival.drain();
    arrival.begin();
  }
}

function ignore(): void {}

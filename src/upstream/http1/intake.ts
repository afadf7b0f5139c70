import type { OnReadOpts, Socket } from 'node:net';

/** Reads what an `Intake` is given. */
export interface Consumer {
  /**
   * Gives the index behind what it took of `bytes`; the rest waits, and nothing more comes, until `Intake.resume`.
   * May call `Intake.pause` while it looks.
   */
  take(bytes: Buffer): number;
  /** The peer has ended, and everything before that was taken. */
  ended(): void;
}

const FIRST_BUFFER = 16 * 1024;
const FULL_BUFFER = 64 * 1024;
const TUNNEL_BUFFER = 4 * 1024;
/** After that much the others have their turn: by itself the runtime would read up to 2 MiB of one connection. */
const SHARE = 512 * 1024;

/**
 * The reading half of a connection: bytes come in memory that is used again, unless somebody still has it. One that
 * reads more than a little gets a larger buffer, so that thousands of connections that do not are cheap.
 */
export class Intake {
  readonly onread: OnReadOpts;
  readonly #consumer: Consumer;
  #socket: Socket | null = null;
  #size = FIRST_BUFFER;
  /** Where the next read goes. */
  #next: Buffer | null = null;
  /** Filled, and perhaps still in use until `resume`. */
  #lent: Buffer | null = null;
  /** Free to be used again. */
  #spare: Buffer | null = null;
  /** Not looked at yet. */
  readonly #held: Buffer[] = [];
  /** Read at one go. */
  #share = 0;
  #yielding = false;
  #paused = false;
  #taking = false;
  #ended = false;
  #lag: 0 | 1 | 2 = 0;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
    this.onread = {
      buffer: () => this.#nextBuffer(),
      callback: (length, buffer) => this.#read(buffer, length),
    };
  }

  /** `lent`: the socket reads by `onread`, otherwise by `data` events. */
  attach(socket: Socket, lent: boolean): void {
    this.#socket = socket;
    socket.on('end', () => this.#end());
    if (lent) return;
    socket.on('data', (chunk: Buffer) => {
      if (!this.#receive(chunk)) socket.pause();
    });
    // It was paused when the answer to CONNECT was read.
    socket.resume();
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Nothing waits to be looked at. */
  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /**
   * Turns of the event loop until all that the system holds by now is read for certain: one when the last read took as
   * much as it had room for, two when reading had stopped and begins again with the next turn.
   */
  get lag(): 0 | 1 | 2 {
    return this.#lag;
  }

  pause(): void {
    this.#paused = true;
  }

  /** Whoever was lent bytes has done with them. */
  resume(): void {
    if (this.#paused) this.#lag = 2;
    this.#paused = false;
    if (this.#taking) return;
    this.#takeHeld();
    if (this.#paused) return;
    if (this.#lent?.length === this.#size) this.#spare = this.#lent;
    this.#lent = null;
    if (this.#ended) this.#consumer.ended();
    else if (!this.#yielding) this.#socket?.resume();
  }

  /** Somebody keeps what was taken last, so its memory is not used again. */
  letGo(): void {
    this.#lent = null;
    this.#spare = null;
    this.#next = null;
  }

  /** From now on pieces are small and rare, connections many. */
  becomeTunnel(): void {
    this.#size = TUNNEL_BUFFER;
    this.#spare = null;
  }

  #read(buffer: Uint8Array, length: number): boolean {
    const isFilled = length === buffer.length;
    this.#share = isFilled ? this.#share + length : 0;
    this.#lag = isFilled ? (this.#share < SHARE ? 1 : 2) : 0;
    if (isFilled && length === FIRST_BUFFER) this.#size = FULL_BUFFER;
    return this.#receive(Buffer.from(buffer.buffer, buffer.byteOffset, length)) && !this.#yields();
  }

  /** Reads on in the next turn of the event loop. */
  #yields(): boolean {
    if (this.#share < SHARE) return false;
    this.#yielding = true;
    setImmediate(this.#goOn);
    return true;
  }

  readonly #goOn = (): void => {
    this.#yielding = false;
    this.#share = 0;
    if (!this.#paused) this.#socket?.resume();
  };

  #receive(bytes: Buffer): boolean {
    if (this.#paused || this.#held.length > 0) this.#held.push(bytes);
    else this.#take(bytes);
    return !this.#paused;
  }

  #take(bytes: Buffer): void {
    this.#taking = true;
    const at = this.#consumer.take(bytes);
    this.#taking = false;
    if (at >= bytes.length) return;
    this.#held.unshift(bytes.subarray(at));
    this.#paused = true;
  }

  #takeHeld(): void {
    while (!this.#paused && this.#held.length > 0) this.#take(this.#held.shift() as Buffer);
  }

  #end(): void {
    this.#ended = true;
    if (!this.#paused) this.#consumer.ended();
  }

  /** Asked before the first read and after each: TLS may give the next piece although it was told to stop. */
  #nextBuffer(): Buffer {
    const filled = this.#next;
    if (filled !== null && !this.#paused && filled.length === this.#size) return filled;
    if (this.#paused) this.#lent = filled;
    this.#next = this.#takeSpare() ?? Buffer.allocUnsafeSlow(this.#size);
    return this.#next;
  }

  #takeSpare(): Buffer | null {
    const spare = this.#spare;
    this.#spare = null;
    return spare !== null && spare.length === this.#size ? spare : null;
  }
}

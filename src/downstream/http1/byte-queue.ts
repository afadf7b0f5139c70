import type { Socket } from 'node:net';

/** What may wait unread before the client is held back. */
const MOST_BYTES = 64 * 1024;
const MOST_PIECES = 64;

/** Bytes that arrived and were not read yet. The first piece is `chunk`, from `at` on. */
export class ByteQueue {
  chunk: Buffer | null = null;
  at = 0;
  readonly #socket: Socket;
  /** What was read of `chunk` included. */
  #bytes = 0;
  #more: Buffer[] = [];
  #isPaused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.chunk === null) this.chunk = chunk;
    else this.#more.push(chunk);
  }

  /** Everything before index `to` of `chunk` was read. */
  advance(to: number): void {
    const chunk = this.chunk as Buffer;
    if (to < chunk.length) {
      this.at = to;
      return;
    }
    this.#bytes -= chunk.length;
    this.at = 0;
    this.chunk = this.#more.length === 0 ? null : (this.#more.shift() as Buffer);
  }

  clear(): void {
    this.chunk = null;
    this.at = 0;
    this.#bytes = 0;
    this.#more = [];
  }

  /** Holds the client back while much waits, and lets it go on. */
  regulate(): void {
    const isFull = this.#bytes > MOST_BYTES || this.#more.length > MOST_PIECES;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }
}

import type { Socket } from 'node:net';
import { NOT_ROSTERED } from '../base/roster.ts';
import type { Expiring, Sweeper } from '../base/sweeper.ts';

/**
 * What the bytes are good for: how many of them were for the one who looked (the rest is left in the socket), or that
 * there are too few of them to tell, or that the connection has no future.
 */
export type Judgement = number | 'more' | 'refused';

export interface FirstBytesParts {
  readonly socket: Socket;
  readonly sweeper: Sweeper;
  /** Monotonic milliseconds: until then the bytes must have come. */
  readonly deadline: number;
  readonly judge: (bytes: Buffer) => Judgement;
  readonly done: () => void;
}

/**
 * Looks at the first bytes of a connection until it is known what they are, and leaves the socket as if nobody had
 * listened to it. A connection that ends, or takes too long, is closed.
 */
export class FirstBytes implements Expiring {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  #held: Buffer | null = null;
  readonly #parts: FirstBytesParts;
  readonly #look = () => this.#readable();
  readonly #close = () => this.#stop();

  constructor(parts: FirstBytesParts) {
    this.#parts = parts;
    this.deadline = parts.deadline;
    parts.sweeper.add(this);
    parts.socket.on('readable', this.#look).on('end', this.#close).on('close', this.#close);
  }

  expired(): void {
    this.#stop();
  }

  #readable(): void {
    const { socket, judge } = this.#parts;
    const read = socket.read() as Buffer | null;
    if (read === null) return;
    const bytes = this.#held === null ? read : Buffer.concat([this.#held, read]);
    const judgement = judge(bytes);
    if (judgement === 'refused') this.#stop();
    else if (judgement === 'more') this.#held = bytes;
    else this.#handOver(bytes.subarray(judgement));
  }

  /** The stream settles with the next tick that nobody waits for `readable` any more. */
  #handOver(rest: Buffer): void {
    const { socket, done } = this.#parts;
    this.#forget();
    if (rest.length > 0) socket.unshift(rest);
    process.nextTick(() => {
      if (!socket.destroyed) done();
    });
  }

  #stop(): void {
    this.#forget();
    this.#parts.socket.destroy();
  }

  #forget(): void {
    const { socket, sweeper } = this.#parts;
    sweeper.delete(this);
    socket.off('readable', this.#look).off('end', this.#close).off('close', this.#close);
  }
}

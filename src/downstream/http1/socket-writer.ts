import type { Socket } from 'node:net';

/** Up to here bytes go out fastest as a part of the text around them. */
const SMALL = 1024;
/** Up to here bytes are copied to go out in one write; beyond it they are handed on as they are. */
const COPIED = 16 * 1024;

const NOTHING = new Uint8Array(0);

/** Writes to a socket and tells when it has let go of what was written, so that lent chunks can be given back. */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #isEncrypted: boolean;
  readonly #written: () => void;

  /** @param flushed called after a `write` that gave `false`, when nothing waits any more */
  constructor(socket: Socket, isEncrypted: boolean, flushed: () => void) {
    this.#socket = socket;
    this.#isEncrypted = isEncrypted;
    this.#written = () => {
      if (this.#socket.writableLength === 0 && !this.#socket.destroyed) flushed();
    };
  }

  get isEmpty(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** Text is latin1. Whether the socket has let go of everything already. */
  write(before: string, chunk: Uint8Array, after: string): boolean {
    const size = chunk.byteLength;
    if (size === 0) this.#send(before + after);
    else if (size <= SMALL) this.#send(before + textOf(chunk) + after);
    else if (size <= COPIED) this.#send(joined(before, chunk, after));
    else this.#sendApart(before, chunk, after);
    return this.#socket.writableLength === 0;
  }

  /**
   * A small write is nearly always taken at once, and a callback would cost it a turn; when it was not, an empty
   * write behind it tells of its end. TLS never takes anything at once.
   */
  #send(data: string | Buffer): void {
    if (this.#isEncrypted) {
      this.#socket.write(data, 'latin1', this.#written);
      return;
    }
    this.#socket.write(data, 'latin1');
    if (this.#socket.writableLength > 0) this.#socket.write(NOTHING, this.#written);
  }

  #sendApart(before: string, chunk: Uint8Array, after: string): void {
    const socket = this.#socket;
    if (before === '' && after === '') {
      socket.write(chunk, this.#written);
      return;
    }
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    if (after === '') {
      socket.write(chunk, this.#written);
    } else {
      socket.write(chunk);
      socket.write(after, 'latin1', this.#written);
    }
    socket.uncork();
  }
}

/** One character for each octet. */
function textOf(chunk: Uint8Array): string {
  const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return bytes.toString('latin1');
}

function joined(before: string, chunk: Uint8Array, after: string): Buffer {
  const size = chunk.byteLength;
  const bytes = Buffer.allocUnsafe(before.length + size + after.length);
  bytes.write(before, 0, 'latin1');
  bytes.set(chunk, before.length);
  if (after !== '') bytes.write(after, before.length + size, 'latin1');
  return bytes;
}

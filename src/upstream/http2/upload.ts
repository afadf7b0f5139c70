import type { ClientHttp2Stream } from 'node:http2';
import type { HeaderList } from '../../base/header-list.ts';
import type { Body, BodySink } from '../../gateway/body.ts';

/** Told how the sending of a body goes. */
export interface UploadOwner {
  /** The upstream takes bytes, or does not at the moment. */
  uploadMoved(): void;
  uploadFailed(error: Error): void;
}

/** What is copied rather than held until Node has written it. */
const SMALL = 4096;
/** Bytes that may wait in Node's memory before the sender is held back. */
const MOST_WAITING = 64 * 1024;

/** A request body on its way into a stream. */
export class Upload implements BodySink {
  /** The upstream has not taken what was sent. */
  waits = false;
  over = false;
  readonly #stream: ClientHttp2Stream;
  readonly #body: Body;
  readonly #owner: UploadOwner;
  #written: (() => void) | null = null;

  constructor(stream: ClientHttp2Stream, body: Body, owner: UploadOwner) {
    this.#stream = stream;
    this.#body = body;
    this.#owner = owner;
  }

  start(): void {
    this.#body.pipe(this);
  }

  write(chunk: Uint8Array): boolean {
    if (this.over) return true;
    if (chunk.byteLength <= SMALL && this.#stream.writableLength < MOST_WAITING) {
      this.#stream.write(Buffer.from(chunk));
      return true;
    }
    this.waits = true;
    this.#owner.uploadMoved();
    this.#written ??= () => this.#goOn();
    this.#stream.write(chunk, this.#written);
    return false;
  }

  /** Trailers stop here: requests of gRPC have none, and those of others are not passed on (R6). */
  end(_trailers: HeaderList | null): void {
    if (this.over) return;
    this.over = true;
    this.#stream.end();
    this.#owner.uploadMoved();
  }

  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.#owner.uploadFailed(error);
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.over = true;
  }

  #goOn(): void {
    this.waits = false;
    if (this.over) return;
    this.#owner.uploadMoved();
    this.#body.resume();
  }
}

import type { HeaderList } from '../base/header-list.ts';
import type { Reason } from './reasons.ts';

/**
 * A message body as the kernel sees it: chunks are pushed to one sink, with back-pressure. An adapter (HTTP/1.1,
 * HTTP/2, a test in memory) supplies the source or the sink; nothing between them copies or waits a turn per chunk.
 *
 * Chunks are lent, so that a connection can read into the same memory again: whoever keeps one beyond `write` copies
 * it, except for a sink that answers `false`, whose chunk stays untouched until it asks for more.
 */
export interface Body {
  /** Bytes announced by the sender, `null` when it did not say. */
  readonly length: number | null;
  /** Starts the flow into `sink`. Called once. */
  pipe(sink: BodySink): void;
  /** Asks for more after `sink.write` gave `false`. */
  resume(): void;
  /** Gives up on the rest, whether or not `pipe` was called. */
  destroy(): void;
}

export interface BodySink {
  /** `false`: `chunk` is still in use; hold back, and leave its memory alone, until `Body.resume` is called. */
  write(chunk: Uint8Array): boolean;
  /** The body is complete. Never called for a body that was cut off. `trailers`: `null` when there are none. */
  end(trailers: HeaderList | null): void;
  /** The body was cut off: what came so far must not look complete. */
  fail(error: Error): void;
}

/** Why a request body was cut off, so that whoever was reading it refuses the request for the right reason. */
export class RequestBodyError extends Error {
  override readonly name = 'RequestBodyError';
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A body that is in memory already. */
export class BufferedBody implements Body {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array | string) {
    this.bytes = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  }

  get length(): number {
    return this.bytes.byteLength;
  }

  pipe(sink: BodySink): void {
    if (this.bytes.byteLength > 0) sink.write(this.bytes);
    sink.end(null);
  }

  resume(): void {}

  destroy(): void {}
}

/** What became of reading a body into memory. */
export type BufferResult =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' | 'no-room' | 'too-slow' };

/** What else may end the reading of a body. */
export interface ReadGuard {
  /** Asked before `bytes` more are kept. */
  readonly admit: (bytes: number) => boolean;
  /** Milliseconds for the whole body. */
  readonly total: number;
}

/** Reads a whole body, at most `limit` bytes. Rejects when the body is cut off. */
export function readBody(body: Body, limit: number, guard: ReadGuard | null = null): Promise<BufferResult> {
  if (body.length !== null && body.length > limit) return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let over = false;
    const giveUp = (kind: 'too-large' | 'no-room' | 'too-slow'): void => {
      over = true;
      clearTimeout(timer);
      body.destroy();
      resolve({ kind });
    };
    let timer: NodeJS.Timeout | undefined;
    let isEnded = false;
    body.pipe({
      write(chunk) {
        if (over) return true;
        size += chunk.byteLength;
        if (size > limit) giveUp('too-large');
        else if (guard?.admit(chunk.byteLength) === false) giveUp('no-room');
        else chunks.push(Buffer.from(chunk));
        return true;
      },
      end() {
        isEnded = true;
        clearTimeout(timer);
        resolve({ kind: 'complete', bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
      },
      fail(error) {
        isEnded = true;
        clearTimeout(timer);
        reject(error);
      },
    });
    // most bodies are short, and there at once
    if (guard !== null && !isEnded && !over) timer = setTimeout(giveUp, guard.total, 'too-slow');
  });
}

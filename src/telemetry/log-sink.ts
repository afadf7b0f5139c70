import { closeSync, openSync, write } from 'node:fs';
import { AppError, messageOf } from '../base/errors.ts';
import type { LineSink } from './access-log.ts';

const STANDARD_OUTPUT = 1;
/** Bytes that may wait for a slow disk or reader; lines beyond are dropped and counted, requests never wait. */
const DEFAULT_BOUND = 8 * 1024 * 1024;
const RETRY_MS = 10;

export interface LogSink extends LineSink {
  /** Lines that were lost since the start: there was no room for them, or writing them failed. */
  readonly dropped: number;
  /** Opens the file again by its name, after whoever rotates logs has moved it away. Nothing for standard output. */
  reopen(): void;
  /** Resolves once everything that waits is written, or lost and counted. */
  close(): Promise<void>;
}

export interface LogSinkOptions {
  /** Told of a write that failed, once until one succeeds again, and of a file that could not be opened again. */
  readonly onError: (error: Error) => void;
  /** Bytes. */
  readonly bound?: number;
}

/**
 * Opens `-` (standard output) or a file for appending (mode 0600). Writes happen on the thread pool, also those to a
 * pipe, which `process.stdout` would write to synchronously: a reader that stalls must not stop the gateway.
 *
 * @throws AppError `usage` when the file cannot be opened.
 */
export function openLogSink(target: string, options: LogSinkOptions): LogSink {
  return new DescriptorSink(target, options);
}

interface Batch {
  readonly bytes: Buffer;
  readonly count: number;
}

class DescriptorSink implements LogSink {
  dropped = 0;
  readonly #target: string;
  readonly #bound: number;
  readonly #onError: (error: Error) => void;
  #descriptor: number;
  #queue: Batch[] = [];
  #queuedBytes = 0;
  #writing = false;
  #failing = false;
  #reopening = false;
  #idle: (() => void)[] = [];

  constructor(target: string, { onError, bound = DEFAULT_BOUND }: LogSinkOptions) {
    this.#target = target;
    this.#bound = bound;
    this.#onError = onError;
    this.#descriptor = open(target);
  }

  write(bytes: Buffer, count: number): void {
    if (this.#queuedBytes + bytes.length > this.#bound) {
      this.dropped += count;
      return;
    }
    this.#queue.push({ bytes, count });
    this.#queuedBytes += bytes.length;
    this.#next();
  }

  reopen(): void {
    this.#reopening = this.#target !== '-';
    if (!this.#writing) this.#openAgain();
  }

  async close(): Promise<void> {
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
    if (this.#target !== '-') closeSync(this.#descriptor);
  }

  #next(): void {
    if (this.#writing) return;
    this.#openAgain();
    const batch = this.#queue.shift();
    if (batch !== undefined) {
      this.#writing = true;
      this.#writeFrom(batch, 0);
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Between two batches only, so that no line is torn between two files. */
  #openAgain(): void {
    if (!this.#reopening) return;
    this.#reopening = false;
    try {
      const former = this.#descriptor;
      this.#descriptor = open(this.#target);
      closeSync(former);
    } catch (thrown) {
      this.#onError(thrown as Error);
    }
  }

  #writeFrom(batch: Batch, offset: number): void {
    write(this.#descriptor, batch.bytes, offset, batch.bytes.length - offset, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeFrom(batch, offset), RETRY_MS);
      else if (error !== null) this.#lose(batch, error);
      else if (offset + written < batch.bytes.length) this.#writeFrom(batch, offset + written);
      else this.#done(batch, false);
    });
  }

  #lose(batch: Batch, error: Error): void {
    this.dropped += batch.count;
    if (!this.#failing) this.#onError(error);
    this.#done(batch, true);
  }

  #done(batch: Batch, failed: boolean): void {
    this.#failing = failed;
    this.#queuedBytes -= batch.bytes.length;
    this.#writing = false;
    this.#next();
  }
}

function open(target: string): number {
  if (target === '-') return STANDARD_OUTPUT;
  try {
    return openSync(target, 'a', 0o600);
  } catch (thrown) {
    throw new AppError('usage', `The access log cannot be opened: ${messageOf(thrown)}`, { cause: thrown });
  }
}

import type { Transform } from 'node:stream';
import type { HeaderList } from '../../base/header-list.ts';
import type { Body, BodySink } from '../../gateway/body.ts';
import { COMPRESSORS, type Coding } from './codings.ts';

/**
 * A body that is compressed as it goes by. One chunk of it is in work at a time, and none as long as the reader wants
 * nothing, so that it holds what its compressor holds and no more.
 */
export class CompressedBody implements Body, BodySink {
  readonly length = null;
  readonly #body: Body;
  readonly #coding: Coding;
  readonly #over: () => void;
  #compressor: Transform | null = null;
  #sink: BodySink | null = null;
  #trailers: HeaderList | null = null;
  #isEnding = false;
  #isOver = false;

  /** @param over told once, when nothing more is held */
  constructor(body: Body, coding: Coding, over: () => void) {
    this.#body = body;
    this.#coding = coding;
    this.#over = over;
  }

  pipe(sink: BodySink): void {
    if (this.#isOver) return;
    this.#sink = sink;
    // Of a body whose length nobody knows, what came may be all for a long time.
    const compressor = COMPRESSORS[this.#coding](this.#body.length === null);
    this.#compressor = compressor;
    compressor.on('data', (chunk: Buffer) => {
      if (!this.#isOver && !sink.write(chunk)) compressor.pause();
    });
    compressor.on('end', () => {
      if (this.#finish()) sink.end(this.#trailers);
    });
    compressor.on('error', (error) => this.#cutOff(error));
    this.#body.pipe(this);
  }

  resume(): void {
    this.#compressor?.resume();
  }

  destroy(): void {
    if (this.#finish()) this.#compressor?.destroy();
    this.#body.destroy();
  }

  /** The chunk is lent until it is worked in. */
  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#compressor!.write(chunk, () => {
      if (!this.#isOver && !this.#isEnding) this.#body.resume();
    });
    return false;
  }

  end(trailers: HeaderList | null): void {
    if (this.#isOver) return;
    this.#isEnding = true;
    this.#trailers = trailers;
    this.#compressor!.end();
  }

  fail(error: Error): void {
    if (!this.#finish()) return;
    this.#compressor!.destroy();
    this.#sink!.fail(error);
  }

  #cutOff(error: Error): void {
    if (!this.#finish()) return;
    this.#body.destroy();
    this.#sink!.fail(error);
  }

  /** `false`: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#over();
    return true;
  }
}

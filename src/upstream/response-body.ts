import type { Body, BodySink } from '../gateway/body.ts';

/** The brakes of the connection that a body arrives on. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(error: Error): void;
}

/** What may wait for a reader before the connection is held back. */
const MOST_QUEUED = 64 * 1024;

/** The body of an upstream's answer. What arrives before anybody reads it is kept, within a limit. */
export class UpstreamBody implements Body {
  readonly length: number | null;
  readonly #flow: Flow;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #sink: BodySink | null = null;
  #end: 'open' | 'complete' | Error = 'open';
  #abandoned = false;

  constructor(length: number | null, flow: Flow) {
    this.length = length;
    this.#flow = flow;
  }

  /** From the upstream. */
  push(chunk: Uint8Array): void {
    if (this.#abandoned) return;
    if (this.#sink !== null) {
      if (!this.#sink.write(chunk)) this.#flow.pause();
      return;
    }
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    if (this.#queued >= MOST_QUEUED) this.#flow.pause();
  }

  /** From the upstream: complete, or cut off. */
  finish(end: 'complete' | Error): void {
    if (this.#end !== 'open') return;
    this.#end = end;
    if (this.#sink !== null) this.#tellEnd(this.#sink);
  }

  pipe(sink: BodySink): void {
    let goesOn = true;
    for (const chunk of this.#queue) goesOn = sink.write(chunk);
    this.#queue = [];
    this.#sink = sink;
    if (this.#end !== 'open') this.#tellEnd(sink);
    else if (goesOn) this.#flow.resume();
    else this.#flow.pause();
  }

  resume(): void {
    if (this.#end === 'open') this.#flow.resume();
  }

  destroy(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#queue = [];
    this.#sink = null;
    if (this.#end === 'open') this.#flow.abort(new Error('nobody reads the answer any more'));
  }

  #tellEnd(sink: BodySink): void {
    if (this.#abandoned) return;
    if (this.#end instanceof Error) sink.fail(this.#end);
    else sink.end();
  }
}

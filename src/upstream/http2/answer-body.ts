import type { Body, BodySink } from '../../gateway/body.ts';

/** The stream that an answer comes on, as its reader sees it. */
export interface AnswerSource {
  flowTo(sink: BodySink): void;
  goOn(): void;
  abandon(): void;
}

/** The body of an upstream's answer. Node keeps what comes before anybody reads it, up to the stream's window. */
export class AnswerBody implements Body {
  readonly length: number | null;
  readonly #source: AnswerSource;

  constructor(length: number | null, source: AnswerSource) {
    this.length = length;
    this.#source = source;
  }

  pipe(sink: BodySink): void {
    this.#source.flowTo(sink);
  }

  resume(): void {
    this.#source.goOn();
  }

  destroy(): void {
    this.#source.abandon();
  }
}

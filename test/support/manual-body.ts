import { HeaderList } from '../../src/base/header-list.ts';
import type { Body, BodySink } from '../../src/gateway/body.ts';
import type { Response } from '../../src/gateway/outcome.ts';

/** A body that the test feeds by hand. */
export class ManualBody implements Body {
  readonly length: number | null;
  sink: BodySink | null = null;
  resumed = 0;
  destroyed = false;

  constructor(length: number | null = null) {
    this.length = length;
  }

  pipe(sink: BodySink): void {
    this.sink = sink;
  }

  resume(): void {
    this.resumed++;
  }

  destroy(): void {
    this.destroyed = true;
  }

  write(text: string): void {
    this.sink!.write(Buffer.from(text, 'latin1'));
  }

  end(): void {
    this.sink!.end(null);
  }
}

export function answerOf(
  body: Body | null,
  status = 200,
  fields: readonly (readonly [string, string])[] = [],
): Response {
  return { status, headers: HeaderList.from(fields), body };
}

/** Bytes that are here at once, of a length that nobody stated. */
export function streamed(...chunks: readonly (string | Uint8Array)[]): Body {
  return {
    length: null,
    pipe: (sink) => {
      for (const chunk of chunks) sink.write(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
      sink.end(null);
    },
    resume: () => {},
    destroy: () => {},
  };
}

/** Collects what a body gives. */
export class Collector implements BodySink {
  text = '';
  ended: 'open' | 'complete' | Error = 'open';

  write(chunk: Uint8Array): boolean {
    this.text += Buffer.from(chunk).toString('latin1');
    return true;
  }

  end(): void {
    this.ended = 'complete';
  }

  fail(error: Error): void {
    this.ended = error;
  }
}

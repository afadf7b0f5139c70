import type { HeaderList } from '../base/header-list.ts';
import type { Body, BodySink } from './body.ts';

/** A body that stands in front of another one. Everything passes as it is, but what a subclass does otherwise. */
export abstract class PassingBody implements Body, BodySink {
  abstract readonly length: number | null;
  protected readonly behind: Body;
  /** Where it flows to, once it does. */
  protected sink: BodySink | null = null;

  constructor(behind: Body) {
    this.behind = behind;
  }

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.behind.pipe(this);
  }

  resume(): void {
    this.behind.resume();
  }

  destroy(): void {
    this.behind.destroy();
  }

  write(chunk: Uint8Array): boolean {
    return this.sink!.write(chunk);
  }

  end(trailers: HeaderList | null): void {
    this.sink!.end(trailers);
  }

  fail(error: Error): void {
    this.sink!.fail(error);
  }
}

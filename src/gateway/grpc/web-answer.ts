import type { HeaderList } from '../../base/header-list.ts';
import type { Body, BodySink } from '../body.ts';

/** gRPC-Web: the most significant bit of a frame's first octet says that it holds trailers, not a message. */
const TRAILERS = 0x80;
const FRAME_HEAD = 5;

/** The body of a gRPC answer as gRPC-Web has it: the messages as they are, then a frame with the trailers. */
export class WebAnswerBody implements Body, BodySink {
  readonly length = null;
  readonly #messages: Body;
  readonly #asText: boolean;
  #sink: BodySink | null = null;

  constructor(messages: Body, wire: 'web' | 'web-text') {
    this.#messages = messages;
    this.#asText = wire === 'web-text';
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    this.#messages.pipe(this);
  }

  resume(): void {
    this.#messages.resume();
  }

  destroy(): void {
    this.#messages.destroy();
  }

  /** Each piece of text is padded by itself, so that no part of a message waits for the next one. */
  write(chunk: Uint8Array): boolean {
    return this.#sink!.write(this.#asText ? toBase64(chunk) : chunk);
  }

  end(trailers: HeaderList | null): void {
    if (trailers !== null) this.write(trailersFrame(trailers));
    this.#sink!.end(null);
  }

  fail(error: Error): void {
    this.#sink!.fail(error);
  }
}

function trailersFrame({ flat }: HeaderList): Buffer {
  let text = '';
  for (let i = 0; i < flat.length; i += 2) text += `${flat[i]}: ${flat[i + 1]}\r\n`;
  const frame = Buffer.allocUnsafe(FRAME_HEAD + text.length);
  frame[0] = TRAILERS;
  frame.writeUInt32BE(text.length, 1);
  frame.write(text, FRAME_HEAD, 'latin1');
  return frame;
}

function toBase64(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), 'latin1');
}

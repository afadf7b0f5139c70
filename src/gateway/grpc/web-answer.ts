import type { HeaderList } from '../../base/header-list.ts';
import type { Body } from '../body.ts';
import { PassingBody } from '../passing-body.ts';

/** gRPC-Web: the most significant bit of a frame's first octet says that it holds trailers, not a message. */
const TRAILERS = 0x80;
const FRAME_HEAD = 5;

/** The body of a gRPC answer as gRPC-Web has it: the messages as they are, then a frame with the trailers. */
export class WebAnswerBody extends PassingBody {
  override readonly length = null;
  readonly #asText: boolean;

  constructor(messages: Body, wire: 'web' | 'web-text') {
    super(messages);
    this.#asText = wire === 'web-text';
  }

  /** Each piece of text is padded by itself, so that no part of a message waits for the next one. */
  override write(chunk: Uint8Array): boolean {
    return this.sink!.write(this.#asText ? toBase64(chunk) : chunk);
  }

  override end(trailers: HeaderList | null): void {
    if (trailers !== null) this.write(trailersFrame(trailers));
    this.sink!.end(null);
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

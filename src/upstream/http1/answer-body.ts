import { type Body, type BodySink, BufferedBody } from '../../gateway/body.ts';
import { ChunkedDecoder } from '../../wire/http1/chunked-decoder.ts';
import { LAST_CHUNK } from '../../wire/http1/write.ts';
import type { AnswerFraming } from './answer-framing.ts';

/** The connection that a body arrives on. */
export interface ReceivingConnection {
  /** The reader wants to go on. */
  flow(): void;
  /** Nobody reads any more. */
  abandoned(): void;
}

/** What came of reading: `full`: the reader is slow; `gone`: it gave up; `kept`: whole, and the memory is in use. */
export type Progress = 'more' | 'full' | 'whole' | 'kept' | 'malformed' | 'gone';

/** The body of an answer that did not come whole with its head. */
export class AnswerBody implements Body {
  readonly length: number | null;
  /** Index behind what `take` has read. */
  at = 0;
  readonly #decoder: ChunkedDecoder | null;
  #left: number;
  #connection: ReceivingConnection | null;
  #sink: BodySink | null = null;
  #failure: Error | null = null;

  /** `length`: bytes, with framing `length`. */
  constructor(framing: AnswerFraming, length: number, connection: ReceivingConnection) {
    this.length = framing === 'length' ? length : null;
    this.#left = this.length ?? Number.POSITIVE_INFINITY;
    this.#decoder = framing === 'chunked' ? new ChunkedDecoder() : null;
    this.#connection = connection;
  }

  get isPiped(): boolean {
    return this.#sink !== null;
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    if (this.#failure !== null) sink.fail(this.#failure);
    else this.#connection?.flow();
  }

  resume(): void {
    this.#connection?.flow();
  }

  destroy(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#sink = null;
    connection?.abandoned();
  }

  /** From the connection: passes on what belongs to this body. Only once it is piped. */
  take(bytes: Buffer, from: number): Progress {
    return this.#decoder === null ? this.#takePlain(bytes, from) : this.#takeChunks(this.#decoder, bytes, from);
  }

  /** From the connection: everything was passed on. */
  complete(): void {
    const sink = this.#sink;
    this.#connection = null;
    this.#sink = null;
    sink?.end(null);
  }

  /** From the connection: what was passed on must not look complete. */
  fail(error: Error): void {
    this.#connection = null;
    this.#failure = error;
    this.#sink?.fail(error);
  }

  #takePlain(bytes: Buffer, from: number): Progress {
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    this.at = end;
    const goesOn = this.#push(bytes, from, end);
    if (this.#connection === null) return 'gone';
    if (this.#left === 0) return goesOn ? 'whole' : 'kept';
    return goesOn ? 'more' : 'full';
  }

  #takeChunks(decoder: ChunkedDecoder, bytes: Buffer, from: number): Progress {
    this.at = from;
    for (;;) {
      const step = decoder.advance(bytes, this.at, bytes.length);
      this.at = decoder.at;
      switch (step) {
        case 'more':
          return 'more';
        case 'malformed':
          return 'malformed';
        case 'end':
          return 'whole';
        case 'data': {
          const goesOn = this.#push(bytes, decoder.dataBegin, decoder.at);
          if (this.#connection === null) return 'gone';
          if (!goesOn) return 'full';
        }
      }
    }
  }

  #push(bytes: Buffer, from: number, end: number): boolean {
    if (from === end) return true;
    const whole = from === 0 && end === bytes.length;
    return (this.#sink as BodySink).write(whole ? bytes : bytes.subarray(from, end));
  }
}

/** A body that came with its head, and the index behind it. */
export interface WholeBody {
  readonly body: BufferedBody | null;
  readonly end: number;
}

/** What lies whole in `bytes[from, …)` is copied, so that its connection is free at once; `null`: more is to come. */
export function wholeBody(framing: AnswerFraming, length: number, bytes: Buffer, from: number): WholeBody | null {
  switch (framing) {
    case 'none':
      return { body: null, end: from };
    case 'length':
      return bytes.length - from < length ? null : copied(bytes, from, from + length);
    case 'chunked':
      return endsInLastChunk(bytes, from) ? wholeChunks(bytes, from) : null;
    default:
      return null;
  }
}

function copied(bytes: Buffer, from: number, end: number): WholeBody {
  return { body: new BufferedBody(Buffer.from(bytes.subarray(from, end))), end };
}

/** `null`: not whole after all, or malformed; then it is read as it comes. */
function wholeChunks(bytes: Buffer, from: number): WholeBody | null {
  const decoder = new ChunkedDecoder();
  const data = Buffer.allocUnsafe(bytes.length - from);
  let size = 0;
  for (let at = from; ; at = decoder.at) {
    const step = decoder.advance(bytes, at, bytes.length);
    if (step === 'end') return { body: new BufferedBody(data.subarray(0, size)), end: decoder.at };
    if (step !== 'data') return null;
    size += bytes.copy(data, size, decoder.dataBegin, decoder.at);
  }
}

/** A cheap look before the dear one: `0`, CRLF and the CRLF of an empty trailer section. */
function endsInLastChunk(bytes: Buffer, from: number): boolean {
  const at = bytes.length - LAST_CHUNK.length;
  return at >= from && bytes.toString('latin1', at) === LAST_CHUNK;
}

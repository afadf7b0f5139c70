/** Bytes of a frame's header before an extended length and a masking key. RFC 6455 5.2 */
const SHORT_HEADER = 2;
const CLOSE = 0x8;

/**
 * Follows one direction of a WebSocket, to know where frames end: only there can a frame of ours stand. Looks at
 * headers and skips what they announce, so a chunk costs as much as it has frames.
 */
export class FrameBorders {
  /** Bytes of the frame's payload that are still to come. */
  #payload = 0;
  readonly #header = new Uint8Array(14);
  #have = 0;
  #closing = false;

  /** Between two frames, where a control frame may stand even inside of a fragmented message. */
  get atBorder(): boolean {
    return this.#payload === 0 && this.#have === 0;
  }

  /** A Close frame has begun: nothing may follow it. */
  get closing(): boolean {
    return this.#closing;
  }

  /** These are the next bytes of the direction. */
  follow(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#payload > 0) {
        const skipped = Math.min(this.#payload, chunk.byteLength - at);
        this.#payload -= skipped;
        at += skipped;
      } else {
        this.#header[this.#have++] = chunk[at++] as number;
        if (this.#have >= SHORT_HEADER && this.#have === this.#headerLength()) this.#begin();
      }
    }
  }

  #headerLength(): number {
    const second = this.#header[1] as number;
    return SHORT_HEADER + extendedLength(second & 0x7f) + (second >= 0x80 ? 4 : 0);
  }

  /** The header is complete. */
  #begin(): void {
    const header = this.#header;
    if (((header[0] as number) & 0xf) === CLOSE) this.#closing = true;
    const short = (header[1] as number) & 0x7f;
    const extended = extendedLength(short);
    this.#payload = extended === 0 ? short : bigEndian(header, SHORT_HEADER, extended);
    this.#have = 0;
  }
}

function extendedLength(short: number): number {
  if (short < 126) return 0;
  return short === 126 ? 2 : 8;
}

/** Lengths beyond 2^53 lose their last bits, and nobody sees their frames end. */
function bigEndian(bytes: Uint8Array, from: number, length: number): number {
  let number = 0;
  for (let i = from; i < from + length; i++) number = number * 256 + (bytes[i] as number);
  return number;
}

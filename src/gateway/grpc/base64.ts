const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 0xff;
const PADDING = 0x3d;

const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

/**
 * Base64 that comes in pieces, strictly: no other character, and no padding but at the end of a segment. A message may
 * be several segments, each padded, as gRPC-Web's text form allows.
 */
export class Base64Decoder {
  #bits = 0;
  #digits = 0;
  #padding = 0;

  /** The bytes that are complete; `null` when the text is malformed. */
  decode(text: Uint8Array): Buffer | null {
    const bytes = Buffer.allocUnsafe(Math.ceil((text.length + 3) / 4) * 3);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      if (!this.#take(text[i] as number)) return null;
      if (this.#digits + this.#padding < 4) continue;
      length = this.#flush(bytes, length);
    }
    return bytes.subarray(0, length);
  }

  /** Whether the text may end here. */
  get complete(): boolean {
    return this.#digits + this.#padding === 0;
  }

  #take(character: number): boolean {
    if (character === PADDING) {
      this.#padding++;
      this.#bits <<= 6;
      return this.#digits >= 2;
    }
    const digit = DIGITS[character] as number;
    if (digit === NO_DIGIT || this.#padding > 0) return false;
    this.#bits = (this.#bits << 6) | digit;
    this.#digits++;
    return true;
  }

  #flush(bytes: Buffer, at: number): number {
    const count = 3 - this.#padding;
    for (let i = 0; i < count; i++) bytes[at + i] = (this.#bits >> (16 - 8 * i)) & 0xff;
    this.#bits = 0;
    this.#digits = 0;
    this.#padding = 0;
    return at + count;
  }
}

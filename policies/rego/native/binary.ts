/** Reads the binary format of WebAssembly (WebAssembly Core Specification 3.0, chapter 5). */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** How many bytes were read. */
  get at(): number {
    return this.#at;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('it is cut off');
    return byte;
  }

  /** LEB128 of up to 32 bits. */
  unsigned(): number {
    let [value, scale, byte] = [0, 1, 0x80];
    for (; byte >= 0x80; scale *= 128) {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value >= 2 ** 32) throw new RangeError('a number is too large');
    }
    return value;
  }

  /** LEB128 of any length. */
  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  /** The bytes that are read meanwhile. */
  upTo(read: () => void): Uint8Array {
    const start = this.#at;
    read();
    return this.#bytes.subarray(start, this.#at);
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('it is cut off');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** With its length before it. */
  part(): Uint8Array {
    return this.bytes(this.unsigned());
  }

  name(): string {
    return Buffer.from(this.part()).toString();
  }

  /** With their number before them. */
  list<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.unsigned(); left > 0; left--) items.push(read());
    return items;
  }
}

export function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

export function signed(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -64 || rest >= 64; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest & 0x7f]);
}

/** With its length before it. */
export function part(bytes: Uint8Array): Buffer {
  return Buffer.concat([unsigned(bytes.length), bytes]);
}

/** With their number before them. */
export function list(items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([unsigned(items.length), ...items]);
}

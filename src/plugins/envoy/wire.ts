/** As much of the Protocol Buffers wire format as the messages of Envoy need (protobuf.dev, "Encoding"). */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A message or text as a field; one that is empty stays out, which means the same. */
export function field(number: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return bytes.byteLength === 0 ? bytes : Buffer.concat([varint(number * 8 + BYTES), varint(bytes.byteLength), bytes]);
}

export function numberField(number: number, value: bigint): Buffer {
  return Buffer.concat([varint(number * 8 + VARINT), varint(BigInt.asUintN(64, value))]);
}

/** `map<string, string>`: a repeated message with a key and a value. */
export function mapField(number: number, entries: Iterable<readonly [string, string]>): Buffer {
  const written = Array.from(entries, ([key, value]) => field(number, Buffer.concat([field(1, key), field(2, value)])));
  return Buffer.concat(written);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** Fields of one message; real ones have some hundreds. Each takes many times the memory of its bytes. */
const MOST_FIELDS = 10_000;

/** A message that was read: its fields by number, in their order. */
export class Message {
  readonly #fields = new Map<number, (bigint | Buffer)[]>();

  /** @throws RangeError on what is no message */
  static read(bytes: Buffer): Message {
    const message = new Message();
    const reader = new Reader(bytes);
    for (let count = 0; !reader.isAtEnd; count++) {
      if (count === MOST_FIELDS) throw new RangeError('it has too many fields');
      const key = reader.varint();
      const number = Number(key >> 3n);
      if (number === 0) throw new RangeError('a field has no number');
      const known = message.#fields.get(number) ?? [];
      known.push(reader.value(Number(key & 7n)));
      message.#fields.set(number, known);
    }
    return message;
  }

  has(number: number): boolean {
    return this.#fields.has(number);
  }

  /** Several of one message are one, with the fields of all (protobuf.dev, "Last one wins"). */
  message(number: number): Message | null {
    const all = this.bytes(number);
    return all.length === 0 ? null : Message.read(Buffer.concat(all));
  }

  messages(number: number): Message[] {
    return this.bytes(number).map(Message.read);
  }

  bytes(number: number): Buffer[] {
    const values = this.#fields.get(number) ?? [];
    return values.map((value) => {
      if (typeof value === 'bigint') throw new RangeError('a field is of another type');
      return value;
    });
  }

  /** 0 when it is not there. */
  number(number: number): bigint {
    const value = this.#fields.get(number)?.at(-1) ?? 0n;
    if (typeof value !== 'bigint') throw new RangeError('a field is of another type');
    return value;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength;
  }

  value(type: number): bigint | Buffer {
    if (type === VARINT) return this.varint();
    if (type === FIXED64) return this.#take(8);
    if (type === FIXED32) return this.#take(4);
    if (type === BYTES) return this.#take(Number(this.varint()));
    throw new RangeError('a field is of an unknown type');
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number is too long');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (!(end <= this.#bytes.byteLength)) throw new RangeError('it is cut off');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

import { connect, type Socket } from 'node:net';

/** A client that writes HTTP/2 frames byte by byte, so that a test can send what no library would (RFC 9113 4). */

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const ACK = 0x1;

export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const CANCEL = 8;
export const ENHANCE_YOUR_CALM = 11;

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export type Field = readonly [name: string, value: string];

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 6.2.2: every field literally, without indexing and without Huffman; nothing is checked. */
export function hpack(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([integer(bytes.byteLength, 7), bytes]);
}

/** RFC 7541 5.1 */
function integer(value: number, prefix: number): Buffer {
  const most = 2 ** prefix - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

export function request(fields: readonly Field[] = [], over: Readonly<Record<string, string | null>> = {}): Field[] {
  const pseudo = { ':method': 'GET', ':scheme': 'http', ':authority': 'app.test', ':path': '/', ...over };
  return [...Object.entries(pseudo).filter((field): field is [string, string] => field[1] !== null), ...fields];
}

export function headersFrame(stream: number, fields: readonly Field[], flags = END_STREAM | END_HEADERS): Buffer {
  return frame(FRAME.headers, flags, stream, hpack(fields));
}

export function dataFrame(stream: number, data: string | Uint8Array, flags = 0): Buffer {
  return frame(FRAME.data, flags, stream, typeof data === 'string' ? Buffer.from(data) : data);
}

export function rstFrame(stream: number, code: number = CANCEL): Buffer {
  return frame(FRAME.rstStream, 0, stream, uint32(code));
}

export function windowUpdateFrame(stream: number, increment: number): Buffer {
  return frame(FRAME.windowUpdate, 0, stream, uint32(increment));
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6);
  settings.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  });
  return frame(FRAME.settings, 0, 0, payload);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** What became of a stream. */
export type StreamEnd =
  | { readonly kind: 'answer'; readonly status: number }
  | { readonly kind: 'reset'; readonly code: number }
  /** GOAWAY, or the end of the connection. */
  | { readonly kind: 'closed' };

export class FrameClient {
  readonly frames: Frame[] = [];
  /** The connection has ended. */
  readonly closed: Promise<void>;
  isClosed = false;
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket, settings: Buffer) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
    socket.write(Buffer.concat([Buffer.from(PREFACE), settings]));
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.isClosed) this.#socket.write(Buffer.concat(frames));
  }

  /** Sends as long as the peer takes it. Resolves when everything is out, or the connection has ended. */
  async flood(piece: Buffer, times: number): Promise<void> {
    for (let i = 0; i < times && !this.isClosed; i++) {
      if (this.#socket.write(piece)) continue;
      await new Promise<void>((resolve) => {
        this.#socket.once('drain', resolve);
        this.#socket.once('close', resolve);
      });
    }
  }

  /** Reads nothing more, so that the peer cannot get rid of what it answers. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Resolves with the first frame that fits, `null` when the connection ends without one. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame | null> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.isClosed) return null;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The final answer of a stream, or how it ended without one. */
  async end(stream: number): Promise<StreamEnd> {
    const last = await this.frame((f) => f.type === FRAME.goaway || (f.stream === stream && isEnd(f)));
    if (last === null || last.type === FRAME.goaway) return { kind: 'closed' };
    if (last.type === FRAME.rstStream) return { kind: 'reset', code: last.payload.readUInt32BE() };
    return { kind: 'answer', status: statusOf(last) };
  }

  /** The code of the GOAWAY that ends the connection; `null` when it ends without one. */
  async goaway(): Promise<number | null> {
    const found = await this.frame((f) => f.type === FRAME.goaway);
    return found === null ? null : found.payload.readUInt32BE(4);
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #received(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#rest.byteLength < 9) break;
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.byteLength < 9 + length) break;
      this.#keep(this.#rest.subarray(0, 9 + length));
      this.#rest = this.#rest.subarray(9 + length);
    }
    this.#wake();
  }

  #keep(bytes: Buffer): void {
    const received = {
      type: bytes[3] as number,
      flags: bytes[4] as number,
      stream: bytes.readUInt32BE(5),
      payload: bytes.subarray(9),
    };
    this.frames.push(received);
    if (received.type === FRAME.settings && (received.flags & ACK) === 0) this.send(frame(FRAME.settings, ACK, 0));
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Connects, and sends the preface with `settings`. */
export async function connectFrames(port: number, settings: Buffer = settingsFrame([])): Promise<FrameClient> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return new FrameClient(socket, settings);
}

function isEnd(received: Frame): boolean {
  if (received.type === FRAME.rstStream) return true;
  return received.type === FRAME.headers && statusOf(received) >= 200;
}

/** RFC 7541 A: the static table has a few answers whole, the rest begin with its name `:status`. */
const INDEXED_STATUS = new Map([
  [0x88, 200],
  [0x89, 204],
  [0x8a, 206],
  [0x8b, 304],
  [0x8c, 400],
  [0x8d, 404],
  [0x8e, 500],
]);

/** The status that a block begins with; 0 when it begins with none, as trailers do. */
export function statusOf({ payload }: Frame): number {
  const [first = 0, length = 0] = skipTableSizes(payload);
  const indexed = INDEXED_STATUS.get(first);
  if (indexed !== undefined) return indexed;
  if (![0x48, 0x08, 0x18].includes(first)) return 0;
  const value: Buffer = skipTableSizes(payload).subarray(2, 2 + (length & 0x7f));
  return Number((length & 0x80) === 0 ? value.toString('latin1') : huffmanDigits(value));
}

/** RFC 7541 6.3 */
function skipTableSizes(block: Buffer): Buffer {
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) at++;
  return block.subarray(at);
}

/** RFC 7541 B: 0, 1 and 2 have five bits, 3 to 9 have six. */
function huffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let text = '';
  for (let at = 0; text.length < 3; ) {
    const five = Number.parseInt(bits.slice(at, at + 5), 2);
    if (five < 3) {
      text += five;
      at += 5;
    } else {
      text += Number.parseInt(bits.slice(at, at + 6), 2) - 0x19 + 3;
      at += 6;
    }
  }
  return text;
}

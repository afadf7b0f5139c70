import type { Socket } from 'node:net';
import {
  END_STREAM,
  FRAME,
  FrameClient,
  headersFrame,
  settingsFrame,
  statusOf,
  windowUpdateFrame,
} from '../../../support/http2-frames.ts';
import { readResponses, statusOf as statusOfMessage } from '../../../support/strict-reader.ts';
import { HOST, head } from '../case.ts';
import { fieldsOf } from '../http2/case.ts';

/** What a client got: an answer that is complete for it, or none. */
export interface Got {
  readonly status: number;
  readonly body: string;
  /** Its fields as text, as far as they can be read; HTTP/2 squeezes them. */
  readonly head: string;
}

export type AskOne = (method: string, target: string) => Promise<Got | null>;

export function http1Client(connect: () => Promise<Socket>): AskOne {
  return async (method, target) => {
    const socket = await connect();
    const received = everything(socket);
    socket.write(head(`${method} ${target} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close'), 'latin1');
    const text = await received;
    const { whole, rest } = readResponses(text, [method]);
    if (whole.length === 0) return null;
    if (rest !== '' || whole.length > 1) throw new Error(`more than one answer: ${JSON.stringify(text)}`);
    const [{ fields, body, framing }] = whole as [(typeof whole)[0]];
    if (framing === 'close') throw new Error('an end that cannot be told from a cut');
    return { status: statusOfMessage(whole[0]!), body, head: fields.map((field) => field.join(': ')).join('\n') };
  };
}

function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
}

/** RFC 9113 6.5.2 */
const INITIAL_WINDOW_SIZE = 4;
/** More than any answer has, so that none waits for its client. */
const WINDOW = 1024 * 1024;

export function http2Client(connect: () => Promise<Socket>, scheme: string): AskOne {
  return async (method, target) => {
    using client = new FrameClient(await connect(), settingsFrame([[INITIAL_WINDOW_SIZE, WINDOW]]));
    client.send(
      windowUpdateFrame(0, WINDOW),
      headersFrame(1, fieldsOf(scheme, [], { ':method': method, ':path': target })),
    );
    const last = await client.frame((f) => f.stream === 1 && (f.type === FRAME.rstStream || isLast(f)));
    if (last === null || last.type === FRAME.rstStream) return null;
    const first = client.frames.find((f) => f.stream === 1 && f.type === FRAME.headers && statusOf(f) >= 200);
    const data = client.frames.filter((f) => f.stream === 1 && f.type === FRAME.data).map(({ payload }) => payload);
    return { status: statusOf(first!), body: Buffer.concat(data).toString('latin1'), head: '' };
  };
}

function isLast({ type, flags }: { type: number; flags: number }): boolean {
  return (type === FRAME.data || type === FRAME.headers) && (flags & END_STREAM) !== 0;
}

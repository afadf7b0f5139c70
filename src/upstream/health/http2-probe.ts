import {
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoint.ts';
import type { HealthCheckSpec } from '../spec.ts';
import { judgeStatus } from './http1-probe.ts';

export async function askByHttp2(
  socket: Socket,
  endpoint: Endpoint,
  check: Pick<HealthCheckSpec, 'path' | 'expectedStatus'>,
): Promise<void> {
  const { fields } = await askOnce(socket, endpoint, { ':method': 'GET', ':path': check.path }, null);
  judgeStatus(fields[':status'] === undefined ? undefined : String(fields[':status']), check);
}

export interface Http2Answer {
  readonly fields: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/** What is read of an answer at most. */
const MOST_READ = 64 * 1024;

/** One request over a session of its own. */
export async function askOnce(
  socket: Socket,
  { url, authority }: Endpoint,
  fields: OutgoingHttpHeaders,
  body: Buffer | null,
): Promise<Http2Answer> {
  const session = connect(url, { createConnection: () => socket });
  try {
    return await new Promise((resolve, reject) => {
      session.once('error', reject);
      session.once('close', () => reject(new Error('the connection was closed')));
      const head = { ':scheme': url.protocol.slice(0, -1), ':authority': authority, ...fields };
      const stream = session.request(head, { endStream: body === null });
      collect(stream, resolve, reject);
      if (body !== null) stream.end(body);
    });
  } finally {
    session.destroy(undefined, constants.NGHTTP2_NO_ERROR);
  }
}

function collect(
  stream: ClientHttp2Stream,
  resolve: (answer: Http2Answer) => void,
  reject: (error: Error) => void,
): void {
  let fields: IncomingHttpHeaders | null = null;
  let trailers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  let size = 0;
  stream.once('response', (received) => {
    fields = received;
  });
  stream.once('trailers', (received) => {
    trailers = received;
  });
  stream.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size <= MOST_READ) chunks.push(chunk);
    else stream.close(constants.NGHTTP2_CANCEL);
  });
  stream.once('error', reject);
  stream.once('close', () => {
    if (fields === null) reject(new Error('the stream was closed'));
    else resolve({ fields, body: Buffer.concat(chunks), trailers });
  });
}

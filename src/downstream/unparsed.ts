import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { unmapped } from '../base/cidr.ts';
import type { HeaderList } from '../base/header-list.ts';
import { newRequestId } from '../base/ids.ts';
import { BufferedBody } from '../gateway/body.ts';
import type { UnparsedRequest } from '../gateway/kernel.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { REASONS } from '../gateway/reasons.ts';
import type { HeadRefusal } from './framing.ts';
import { problem } from './problem.ts';

/** RFC 9110 15.5.6: an answer 405 says what would have been allowed. */
const SERVED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
/** How long a client gets to read the last answer of its connection before the socket is destroyed. */
const LAST_READ = 1_000;

export function unparsed(socket: Socket, { reason, status, detail }: HeadRefusal): UnparsedRequest {
  return { id: newRequestId(), clientAddress: unmapped(socket.remoteAddress ?? ''), reason, status, detail };
}

export function headRefusal({ reason, detail }: Refusal): HeadRefusal {
  return { reason, status: REASONS[reason].status, detail: detail ?? reason };
}

/** Answers a request whose head could be read as a message; the connection ends with it. */
export function answerUnparsed(to: ServerResponse, request: UnparsedRequest): Promise<void> {
  const { status, headers, body } = refusalResponse(request);
  to.shouldKeepAlive = false;
  return new Promise((resolve) => {
    to.on('close', resolve);
    to.writeHead(status, headers.flat);
    to.end(body);
  });
}

/** Answers bytes that are no HTTP message: there is no `ServerResponse` to do it with. */
export function answerRaw(socket: Socket, request: UnparsedRequest): void {
  const { status, headers, body } = refusalResponse(request);
  headers.set('connection', 'close');
  const fields = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields}\r\n${body.toString('utf8')}`);
  setTimeout(() => socket.destroy(), LAST_READ).unref();
}

function refusalResponse({ id, reason, status }: UnparsedRequest): {
  status: number;
  headers: HeaderList;
  body: Buffer;
} {
  const response = problem(id, reason, status);
  const body = bytesOf(response);
  if (status === 405) response.headers.set('allow', SERVED_METHODS);
  response.headers.set('content-length', String(body.byteLength));
  return { status, headers: response.headers, body };
}

function bytesOf({ body }: Response): Buffer {
  return body instanceof BufferedBody ? Buffer.from(body.bytes) : Buffer.alloc(0);
}

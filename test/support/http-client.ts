import { type Agent, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Ask {
  /** The Host field; the connection always goes to this machine. */
  readonly host: string;
  /** Sent as it stands, dots and all. */
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | null;
  /** A connection of its own when left out. */
  readonly agent?: Agent;
  /** PEM of the authority to trust: makes it HTTPS. */
  readonly ca?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of a refusal. */
  readonly reason: string | null;
  /** Of a refusal. */
  readonly requestId: string | null;
  /** Whether the connection had carried another request before. */
  readonly reusedConnection: boolean;
}

const LONGEST_WAIT_MS = 60_000;

/** One request to a port of this machine. */
export function ask(port: number, what: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const secure = what.ca === undefined ? {} : { ca: what.ca, servername: what.host };
    const send = what.ca === undefined ? request : tlsRequest;
    const outgoing = send({ ...requestOptions(port, what), ...secure }, (incoming) => {
      readAnswer(incoming, outgoing.reusedSocket).then(resolve, reject);
    });
    outgoing.setTimeout(LONGEST_WAIT_MS, () => outgoing.destroy(new Error(`no answer to ${what.host}${what.path}`)));
    outgoing.on('error', reject).end(what.body ?? '');
  });
}

function requestOptions(port: number, ask: Ask): RequestOptions {
  const { host, path = '/', method = 'GET', headers = {}, body = null, agent } = ask;
  // `node:http` by itself sends the body of a GET without a length, which makes it another request.
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const fields = { host: `${host}:${port}`, ...length, ...headers } as Record<string, string | string[]>;
  return { host: '127.0.0.1', port, path, method, headers: fields, agent: agent ?? false };
}

async function readAnswer(incoming: IncomingMessage, reusedConnection: boolean): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { headers, statusCode: status = 0 } = incoming;
  return {
    status,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
    reason: oneOf(headers, 'x-ostiary-reason'),
    requestId: oneOf(headers, 'x-ostiary-request-id'),
    reusedConnection,
  };
}

function oneOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

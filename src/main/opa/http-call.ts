import http from 'node:http';
import https from 'node:https';
import { messageOf } from '../../base/errors.ts';

export interface HttpCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number;
  /** Bytes of the body. */
  readonly maxBody: number;
}

export type HttpAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly etag: string | null; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Sends calls to other systems of the installation on connections that are kept. Redirects are not followed. */
export class HttpCaller {
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 64 }),
  };

  /** Never rejects. Calls must be safe to repeat. */
  async call(call: HttpCall): Promise<HttpAnswer> {
    try {
      const request = this.#open(call);
      const answer = await this.#send(request, call);
      // The other side may have closed a kept connection while we wrote to it (RFC 9112 9.3.1).
      const wasClosed = request.reusedSocket && answer.kind === 'failed' && CLOSED.has(answer.code);
      return wasClosed ? await this.#send(this.#open(call), call) : answer;
    } catch (thrown) {
      return { kind: 'failed', message: messageOf(thrown), code: '' }; // a header that cannot be sent
    }
  }

  #send(request: http.ClientRequest, call: HttpCall): Promise<HttpAnswer> {
    const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
    const fail = (message: string, code = '') => {
      resolve({ kind: 'failed', message, code });
      request.destroy();
    };
    const timer = setTimeout(() => fail(`no answer within ${call.timeout} ms`), call.timeout);
    request.on('error', (error: NodeJS.ErrnoException) => fail(messageOf(error), error.code));
    request.on('response', (response) => readBody(response, call.maxBody, { answered: resolve, fail }));
    request.end(call.body);
    return promise.finally(() => clearTimeout(timer));
  }

  #open({ url, method, headers, body }: HttpCall): http.ClientRequest {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length } };
    return url.protocol === 'https:'
      ? https.request(url, { ...options, agent: this.#agents['https:'] })
      : http.request(url, { ...options, agent: this.#agents['http:'] });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

interface Reading {
  readonly answered: (answer: HttpAnswer) => void;
  readonly fail: (message: string) => void;
}

function readBody(response: http.IncomingMessage, limit: number, { answered, fail }: Reading): void {
  const parts: Buffer[] = [];
  let length = 0;
  response.on('data', (part: Buffer) => {
    length += part.length;
    parts.push(part);
    if (length > limit) fail(`its answer has more than ${limit} bytes`);
  });
  response.on('error', (error) => fail(messageOf(error)));
  response.on('close', () => {
    if (!response.complete) fail('its answer was cut off');
  });
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response;
    if (response.complete)
      answered({ kind: 'answered', status, etag: headers.etag ?? null, body: Buffer.concat(parts) });
  });
}

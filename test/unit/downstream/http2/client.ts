import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>> | null;
  readonly body: string;
  readonly interim: readonly number[];
  /** 0: the stream ended as it should. */
  readonly code: number;
}

export function client(port: number, ca?: string): ClientHttp2Session {
  const session =
    ca === undefined
      ? connect(`http://127.0.0.1:${port}`)
      : connect(`https://127.0.0.1:${port}`, { ca, servername: 'app.test' });
  session.on('error', () => {});
  return session;
}

export interface Sent {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly trailers?: OutgoingHttpHeaders;
}

export function ask(session: ClientHttp2Session, path: string, sent: Sent = {}): Promise<Answer> {
  const { headers = {}, body, trailers } = sent;
  const method = body === undefined ? 'GET' : 'POST';
  const stream = session.request(
    { ':method': method, ':path': path, ':authority': 'app.test', ...headers },
    { endStream: body === undefined, waitForTrailers: trailers !== undefined },
  );
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
  const answer = collect(stream);
  if (body !== undefined) stream.end(body);
  return answer;
}

/** Resolves when the stream is closed, however that came. */
export function collect(stream: ClientHttp2Stream): Promise<Answer> {
  const interim: number[] = [];
  let status = 0;
  let headers: Record<string, unknown> = {};
  let trailers: Record<string, unknown> | null = null;
  let body = '';
  stream.on('headers', (fields) => interim.push(Number(fields[':status'])));
  stream.on('response', (fields) => {
    status = Number(fields[':status']);
    headers = { ...fields };
  });
  stream.on('trailers', (fields) => {
    trailers = { ...fields };
  });
  stream.on('data', (chunk: Buffer) => {
    body += chunk.toString('latin1');
  });
  stream.on('error', () => {});
  return new Promise((resolve) => {
    stream.on('close', () => resolve({ status, headers, trailers, body, interim, code: stream.rstCode ?? 0 }));
  });
}

import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import type { Exchange } from '../../src/gateway/exchange.ts';
import type { Response } from '../../src/gateway/outcome.ts';
import { REASONS } from '../../src/gateway/reasons.ts';
import { ResolveTable } from '../../src/upstream/resolve.ts';
import type { UpstreamSpec } from '../../src/upstream/spec.ts';
import { createUpstream } from '../../src/upstream/upstream.ts';
import { type Recorder, type RecorderOptions, startRecorder, text } from './support.ts';

/** A listener that forwards every request, unjudged, with what the client sent. */
export async function startRelay(spec: UpstreamSpec, options: RecorderOptions = {}): Promise<Recorder> {
  const upstream = createUpstream(spec, { resolve: new ResolveTable(), clock: systemClock });
  const answer = async (x: Exchange): Promise<Response> => {
    const { method, path, query, headers, upgrade } = x.request;
    x.outgoing = { method, path, query, authority: null, headers: headers.clone(), body: x.body, upgrade, sign: null };
    const outcome = await upstream.forward(x);
    return 'kind' in outcome ? text(REASONS[outcome.reason].status, outcome.reason) : outcome;
  };
  const recorder = await startRecorder({ ...options, answer });
  const close = async (): Promise<void> => {
    await recorder[Symbol.asyncDispose]();
    await upstream.close();
  };
  return Object.assign(Object.create(recorder) as Recorder, { ...recorder, [Symbol.asyncDispose]: close });
}

export interface Http2Upstream extends AsyncDisposable {
  readonly url: string;
}

/** A cleartext HTTP/2 server; `number` counts its streams from 0. */
export async function startHttp2(
  serve: (stream: ServerHttp2Stream, number: number, session: ServerHttp2Session) => void,
): Promise<Http2Upstream> {
  const server: Http2Server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  let streams = 0;
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {}).on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    serve(stream as ServerHttp2Stream, streams++, stream.session as ServerHttp2Session);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `h2c://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import type { ServiceError } from '@grpc/grpc-js';
import { WebSocketServer } from 'ws';
import { metadataOf, ParrotClient, type Words } from './grpc-parrot.ts';
import { SocketClient } from './web-socket.ts';

const ENDLESS: Readonly<Record<string, string>> = {
  '/events': 'text/event-stream',
  '/lines': 'application/x-ndjson',
};

/** An upstream with events that never end, WebSockets, and a short answer to everything else. */
export async function startHoldingUpstream(): Promise<string> {
  const server = createServer((incoming, response) => {
    const type = ENDLESS[incoming.url!.split('?')[0]!];
    if (type === undefined) return void response.end('here');
    response.writeHead(200, { 'content-type': type }).flushHeaders();
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export type StreamKind = 'WebSocket' | 'events' | 'lines' | 'events over HTTP/2' | 'gRPC' | 'gRPC upload';

export interface HeldStream {
  readonly kind: StreamKind;
  /** How it ended, as its client sees it; `null`: it is open. */
  readonly end: StreamEnd | null;
}

export interface StreamEnd {
  /** A close code, a gRPC status, or what became of the body. */
  readonly how: number | 'whole' | 'cut off';
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Holder {
  readonly port: number;
  /** Canonical, with the port. */
  readonly authority: (service: 'app' | 'calls') => string;
  /** The credential, as a header of that Service's host. */
  readonly headers: (service: 'app' | 'calls') => Readonly<Record<string, string>>;
}

/** Opens so many of every kind, each on a connection of its own; resolves once all of them are answered. */
export async function holdStreams(holder: Holder, ofEach: number): Promise<HeldStream[]> {
  const openings = [holdSocket, holdEvents, holdLines, holdHttp2Events, holdCall, holdUpload];
  return Promise.all(openings.flatMap((open) => Array.from({ length: ofEach }, () => open(holder))));
}

class Held implements HeldStream {
  readonly kind: StreamKind;
  end: StreamEnd | null = null;

  constructor(kind: StreamKind) {
    this.kind = kind;
  }

  /** The first word counts. */
  over(how: StreamEnd['how']): void {
    this.end ??= { how, at: Date.now() };
  }
}

async function holdSocket({ port, authority, headers }: Holder): Promise<Held> {
  const held = new Held('WebSocket');
  const origin = `http://${authority('app')}`;
  const host = authority('app').split(':')[0]!;
  const client = await SocketClient.open(port, { host, headers: { ...headers('app'), origin } });
  client.socket.on('close', (code) => held.over(code));
  return held;
}

function holdEvents(holder: Holder): Promise<Held> {
  return holdAnswer(holder, 'events');
}

/** As logs and watches of APIs come. */
function holdLines(holder: Holder): Promise<Held> {
  return holdAnswer(holder, 'lines');
}

async function holdAnswer({ port, authority, headers }: Holder, kind: 'events' | 'lines'): Promise<Held> {
  const held = new Held(kind);
  const fields = { ...headers('app'), host: authority('app') };
  const outgoing = request({ host: '127.0.0.1', port, path: `/${kind}`, headers: fields, agent: false });
  outgoing.on('error', () => held.over('cut off')).end();
  after(() => outgoing.destroy());
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  mustBe200(held, answer.statusCode);
  answer.on('end', () => held.over('whole')).on('error', () => held.over('cut off'));
  answer.resume();
  return held;
}

async function holdHttp2Events({ port, authority, headers }: Holder): Promise<Held> {
  const held = new Held('events over HTTP/2');
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${port}`);
  after(() => session.destroy());
  const stream: ClientHttp2Stream = session.request({
    ':path': '/events',
    ':authority': authority('app'),
    ...headers('app'),
  });
  for (const one of [session, stream]) one.on('error', () => held.over('cut off'));
  const [fields] = (await once(stream, 'response')) as [Record<string, unknown>];
  mustBe200(held, fields[':status']);
  stream.on('end', () => held.over('whole')).resume();
  return held;
}

/** One message there and back, then nothing. */
async function holdCall({ port, authority, headers }: Holder): Promise<Held> {
  const held = new Held('gRPC');
  const call = new ParrotClient(port, authority('calls')).chat(metadataOf(headers('calls')));
  call.on('error', (error) => held.over((error as ServiceError).code));
  call.write({ text: 'hello' } satisfies Words);
  await Promise.race([once(call, 'data'), once(call, 'status')]);
  if (held.end !== null) throw new Error(`gRPC: ${held.end.how}`);
  call.resume();
  return held;
}

/** Messages that are answered after the last one, which never comes. */
async function holdUpload({ port, authority, headers }: Holder): Promise<Held> {
  const held = new Held('gRPC upload');
  const done = (error: ServiceError | null) => held.over(error?.code ?? 'whole');
  const call = new ParrotClient(port, authority('calls')).collect(done, metadataOf(headers('calls')));
  await new Promise((resolve) => call.write({ text: 'hello' } satisfies Words, resolve));
  return held;
}

function mustBe200({ kind }: Held, status: unknown): void {
  if (status !== 200) throw new Error(`${kind}: ${status}`);
}

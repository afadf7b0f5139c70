import { performServerHandshake, type ServerHttp2Session, type ServerOptions } from 'node:http2';
import type { Socket } from 'node:net';
import type { ListenerLimits } from '../limits.ts';
import type { Connection, Engine, ServeParts } from '../protocol.ts';
import { Http2Connection } from './connection.ts';

/** R60 */
const STREAMS = 100;
const STREAM_WINDOW = 64 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;

/** What the library holds by itself; `misconduct.ts` and `overhead.ts` hold the rest. */
function optionsFor(limits: ListenerLimits): ServerOptions {
  return {
    settings: {
      enableConnectProtocol: true,
      enablePush: false,
      initialWindowSize: STREAM_WINDOW,
      maxConcurrentStreams: STREAMS,
      // Between the limit and twice the limit there is an answer 431, above it a reset.
      maxHeaderListSize: 2 * limits.headBytes,
    },
    maxHeaderListPairs: 2 * limits.headerFields,
    maxSettings: 32,
    maxSessionInvalidFrames: 100,
    streamResetBurst: 200,
    streamResetRate: 20,
    // What may be repeated is for whoever made the answer to know.
    strictSingleValueFields: false,
  };
}

/** HTTP/2 (RFC 9113), agreed on by ALPN or by prior knowledge. */
export function createHttp2Engine(parts: ServeParts): Engine {
  const options = optionsFor(parts.limits);
  return {
    serve(socket, facts, first) {
      const session = begin(socket, first, options);
      return session === null ? DEAD : new Http2Connection(session, socket, facts, parts, STREAMS);
    },
  };
}

const DEAD: Connection = { drain: () => {}, destroy: () => {} };

/** `null`: the client has gone before anything began. */
function begin(socket: Socket, first: Buffer | null, options: ServerOptions): ServerHttp2Session | null {
  if (socket.destroyed) return null;
  try {
    if (first !== null) socket.unshift(first);
    const session = performServerHandshake(socket, options);
    session.setLocalWindowSize(CONNECTION_WINDOW);
    return session;
  } catch {
    socket.destroy();
    return null;
  }
}

import { type ClientHttp2Stream, constants } from 'node:http2';
import { Duplex } from 'node:stream';

/** Whoever is told of a stream. */
export interface StreamListener {
  onInterim(raw: readonly string[]): void;
  onHead(raw: readonly string[], ended: boolean): void;
  onData(chunk: Uint8Array): void;
  onTrailers(raw: readonly string[]): void;
  onEndStream(): void;
  onEnd(): void;
  /** `onClose` follows. */
  onError(error: Error): void;
  onClose(): void;
}

const LISTENER = Symbol('listener');

interface Heard extends ClientHttp2Stream {
  [LISTENER]: StreamListener;
}

/** Has `listener` told of everything. The functions are shared by all streams: one stream, no closures. */
export function listen(stream: ClientHttp2Stream, listener: StreamListener): void {
  (stream as Heard)[LISTENER] = listener;
  stream.push = push;
  stream.on('response', onResponse);
  stream.on('headers', onHeaders);
  stream.on('trailers', onTrailers);
  stream.on('end', onEnd);
  stream.on('error', onError);
  stream.on('close', onClose);
}

/**
 * Resets the stream with CANCEL. Node's `close` ends the request before it resets, and for a moment what was cut off
 * would look complete to the upstream. A stream that both sides have ended is kept until it was read: it is thrown away.
 */
export function cancel(stream: ClientHttp2Stream): void {
  if (stream.closed) {
    stream.destroy();
    return;
  }
  if (!stream.writableEnded) stream.end = notEnded;
  stream.close(constants.NGHTTP2_CANCEL);
}

function notEnded(this: ClientHttp2Stream): ClientHttp2Stream {
  return this;
}

/** Begins to read. Before this, what comes is kept by the stream. */
export function read(stream: ClientHttp2Stream): void {
  stream.on('data', onData);
}

/**
 * Node gives its streams the same end for END_STREAM and for a reset with NO_ERROR or CANCEL, but for the reset only
 * when the stream is closed already.
 */
function push(this: Duplex, chunk: unknown): boolean {
  const stream = this as unknown as Heard;
  if (chunk === null && !stream.closed) stream[LISTENER].onEndStream();
  return Duplex.prototype.push.call(this, chunk);
}

function onResponse(this: ClientHttp2Stream, _headers: unknown, flags: number, raw: string[]): void {
  (this as Heard)[LISTENER].onHead(raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
}

function onHeaders(this: ClientHttp2Stream, _headers: unknown, _flags: number, raw: string[]): void {
  (this as Heard)[LISTENER].onInterim(raw);
}

function onTrailers(this: ClientHttp2Stream, _headers: unknown, _flags: number, raw: string[]): void {
  (this as Heard)[LISTENER].onTrailers(raw);
}

function onData(this: ClientHttp2Stream, chunk: Buffer): void {
  (this as Heard)[LISTENER].onData(chunk);
}

function onEnd(this: ClientHttp2Stream): void {
  (this as Heard)[LISTENER].onEnd();
}

function onError(this: ClientHttp2Stream, error: Error): void {
  (this as Heard)[LISTENER].onError(error);
}

const NOBODY: StreamListener = {
  onInterim() {},
  onHead() {},
  onData() {},
  onTrailers() {},
  onEndStream() {},
  onEnd() {},
  onError() {},
  onClose() {},
};

/**
 * The library keeps its streams in a Map, whose former tables stay behind and hold streams that are gone until the next
 * full collection. Nothing of ours shall hang on those.
 */
function onClose(this: ClientHttp2Stream): void {
  const listener = (this as Heard)[LISTENER];
  (this as Heard)[LISTENER] = NOBODY;
  listener.onClose();
}

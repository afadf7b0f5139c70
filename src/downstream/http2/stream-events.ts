import type { ServerHttp2Stream } from 'node:http2';

/** Whoever is told of a stream. */
export interface StreamListener {
  onData(chunk: Buffer): void;
  onEnd(): void;
  onTrailers(raw: readonly string[]): void;
  /** The body of the answer is out, and its trailers may follow. */
  onWantTrailers(): void;
  /** Nothing else follows. */
  onClose(): void;
}

const LISTENER = Symbol('listener');

interface Heard extends ServerHttp2Stream {
  [LISTENER]: StreamListener;
}

/** Has `listener` told of everything. The functions are shared by all streams: one stream, no closures. */
export function listen(stream: ServerHttp2Stream, listener: StreamListener): void {
  (stream as Heard)[LISTENER] = listener;
  stream.on('close', onClose);
  stream.on('aborted', destroySoon);
}

/** Whatever is wrong with a stream ends that stream, and `close` tells. */
export function ignoreErrors(stream: ServerHttp2Stream): void {
  stream.on('error', ignore);
}

/** Begins to read. Before this, what comes is kept by the stream. */
export function read(stream: ServerHttp2Stream): void {
  stream.on('end', onEnd);
  stream.on('data', onData);
}

/** Only who listens is told of trailers, and asked for some. */
export function listenForTrailers(stream: ServerHttp2Stream): void {
  stream.on('trailers', onTrailers);
}

export function awaitTrailers(stream: ServerHttp2Stream): void {
  stream.on('wantTrailers', onWantTrailers);
}

const NOBODY: StreamListener = {
  onData() {},
  onEnd() {},
  onTrailers() {},
  onWantTrailers() {},
  onClose() {},
};

function onData(this: ServerHttp2Stream, chunk: Buffer): void {
  (this as Heard)[LISTENER].onData(chunk);
}

function onEnd(this: ServerHttp2Stream): void {
  (this as Heard)[LISTENER].onEnd();
}

function onTrailers(this: ServerHttp2Stream, _headers: unknown, _flags: number, raw: readonly string[]): void {
  (this as Heard)[LISTENER].onTrailers(raw);
}

function onWantTrailers(this: ServerHttp2Stream): void {
  (this as Heard)[LISTENER].onWantTrailers();
}

/**
 * The library keeps its streams in a Map, whose former tables stay behind and hold streams that are gone until the next
 * full collection. Nothing of ours shall hang on those.
 */
function onClose(this: ServerHttp2Stream): void {
  const listener = (this as Heard)[LISTENER];
  (this as Heard)[LISTENER] = NOBODY;
  listener.onClose();
}

function ignore(): void {}

/** A reset with NO_ERROR ends for the library when the rest was read, which it may never be. */
function destroySoon(this: ServerHttp2Stream): void {
  setImmediate(destroyNow, this);
}

function destroyNow(stream: ServerHttp2Stream): void {
  stream.destroy();
}

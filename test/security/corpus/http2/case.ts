import {
  dataFrame,
  END_HEADERS,
  END_STREAM,
  type Field,
  FRAME,
  frame,
  headersFrame,
  hpack,
} from '../../../support/http2-frames.ts';
import { HOST, type View } from '../case.ts';

/** What has to come of stream 1, or of all of the connection. */
export type Outcome =
  /** A reset, the end of the connection or one of the statuses 4xx and 5xx; the upstream sees nothing. */
  | { readonly kind: 'refused' }
  /** The end of the connection; the upstream sees nothing. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'answered'; readonly statuses: readonly number[] }
  | { readonly kind: 'served'; readonly view: View }
  /** One or the other: what is wrong is refused, or it is not passed on. */
  | { readonly kind: 'refused-or-served'; readonly view: View }
  /** Whatever it is, the upstream sees nothing below what is protected. */
  | { readonly kind: 'unprotected' };

export interface FrameCase {
  readonly name: string;
  /** Behind the preface and an empty SETTINGS. `scheme` is the one of the connection. */
  readonly bytes: (scheme: string) => Buffer;
  readonly outcome: Outcome;
}

export const REFUSED: Outcome = { kind: 'refused' };
export const CLOSED: Outcome = { kind: 'closed' };

/** Pseudo fields by name; `null`: without it. */
export type Pseudo = Readonly<Record<string, string | null>>;

export function fieldsOf(scheme: string, fields: readonly Field[] = [], over: Pseudo = {}): Field[] {
  const pseudo = { ':method': 'GET', ':scheme': scheme, ':authority': HOST, ':path': '/', ...over };
  return [...Object.entries(pseudo).filter((field): field is [string, string] => field[1] !== null), ...fields];
}

/** HEADERS with a whole request on stream 1. */
export function get(fields: readonly Field[] = [], over: Pseudo = {}): FrameCase['bytes'] {
  return (scheme) => headersFrame(1, fieldsOf(scheme, fields, over));
}

/** HEADERS of a POST on stream 1, and what follows. */
export function post(fields: readonly Field[], ...more: readonly Buffer[]): FrameCase['bytes'] {
  return (scheme) =>
    Buffer.concat([headersFrame(1, fieldsOf(scheme, fields, { ':method': 'POST' }), END_HEADERS), ...more]);
}

/** HEADERS with exactly these octets as their block. */
export function block(make: (scheme: string) => Buffer): FrameCase['bytes'] {
  return (scheme) => frame(FRAME.headers, END_STREAM | END_HEADERS, 1, make(scheme));
}

/** A good request on stream 1, and what follows. */
export function after(...more: readonly Buffer[]): FrameCase['bytes'] {
  return (scheme) => Buffer.concat([headersFrame(1, fieldsOf(scheme)), ...more]);
}

export function plain(scheme: string): Buffer {
  return hpack(fieldsOf(scheme));
}

export const END = (data: string): Buffer => dataFrame(1, data, END_STREAM);
export const TRAILERS = (fields: readonly Field[]): Buffer => headersFrame(1, fields, END_HEADERS | END_STREAM);

/** The client wants nothing more: the connection ends without an answer. */
export const LEAVE = frame(FRAME.goaway, 0, 0, Buffer.alloc(8));

import type { RequestHead } from '../../gateway/exchange.ts';
import type { Snapshot } from '../../gateway/snapshot.ts';
import { BAD_LENGTH, type FramingFacts, NO_LENGTH } from '../../wire/http1/framing-facts.ts';
import { HEAD_TOO_LARGE, MALFORMED, TARGET_TOO_LONG, TOO_MANY_FIELDS } from '../../wire/http1/parse-result.ts';
import type { RequestParser } from '../../wire/http1/request-parser.ts';
import { accept } from '../accept.ts';
import type { RawHead } from '../canonical/index.ts';
import type { ConnectionFacts } from '../protocol.ts';
import type { HeadRefusal } from '../unparsed.ts';
import { readHandshake } from '../web-socket/client-handshake.ts';

/** The request has no body. */
export const NO_BODY = -1;
/** It is chunked. */
export const CHUNKED = -2;

/** What the parser found instead of a head. */
const PARSE_REFUSALS: Readonly<Record<number, HeadRefusal>> = {
  [MALFORMED]: malformed('the request head is malformed'),
  [TARGET_TOO_LONG]: { reason: 'bad-path', status: 414, detail: 'the request target is too long' },
  [HEAD_TOO_LARGE]: { reason: 'bad-header', status: 431, detail: 'the header fields are too large' },
  [TOO_MANY_FIELDS]: { reason: 'bad-header', status: 431, detail: 'the request has too many header fields' },
};

export const TOO_SLOW: HeadRefusal = {
  reason: 'bad-request',
  status: 408,
  detail: 'the request head did not arrive in time',
};

/** R13: there is one expectation, and its field may not be a way around the framing. */
const UNKNOWN_EXPECTATION: HeadRefusal = { reason: 'bad-header', status: 417, detail: 'an unknown expectation' };

export const OVERLOADED: HeadRefusal = { reason: 'overloaded', status: 503, detail: 'no new requests at the moment' };

export function parseRefusal(code: number): HeadRefusal {
  return PARSE_REFUSALS[code] as HeadRefusal;
}

/** A request whose head was read and is in order. */
export interface Opening {
  readonly head: RequestHead;
  /** Bytes of its body, `NO_BODY` or `CHUNKED`. */
  readonly framing: number;
  /** Of its WebSocket handshake; `null` when it asks for none. */
  readonly key: string | null;
  /** The client holds its body back until it is told to go on (RFC 9110 10.1.1). */
  readonly expectsContinue: boolean;
  /** The client wants no further answer on this connection. */
  readonly closes: boolean;
}

/** Makes a request of the head that is in the parser, or says why it is refused. */
export function openRequest(parser: RequestParser, facts: ConnectionFacts, snapshot: Snapshot): Opening | HeadRefusal {
  const framing = framingOf(parser);
  if (typeof framing === 'object') return framing;
  const key = upgradeKey(parser, framing);
  if (key !== null && typeof key === 'object') return key;
  const { closes, expectation } = parser.facts;
  if (expectation === 'other') return UNKNOWN_EXPECTATION;
  const isOld = parser.minorVersion === 0;
  const head = accept(rawHead(parser, key !== null), facts, snapshot);
  if ('reason' in head) return head;
  return { head, framing, key, expectsContinue: expectation !== 'none' && !isOld, closes: closes || isOld };
}

function rawHead({ method, target, minorVersion, fields }: RequestParser, isUpgrade: boolean): RawHead {
  const httpVersion = minorVersion === 0 ? '1.0' : '1.1';
  return { method, target, httpVersion, upgrade: isUpgrade ? 'websocket' : null, headers: fields };
}

/**
 * How the body is delimited (RFC 9112 6): its length, `NO_BODY` or `CHUNKED`. Whatever two readers might understand in
 * two ways is refused, not mended (R1-R3).
 */
function framingOf({ facts, minorVersion }: RequestParser): number | HeadRefusal {
  const { transferCoding, contentLength } = facts;
  if (transferCoding !== 'none') return chunkedFraming(facts, minorVersion);
  if (contentLength === BAD_LENGTH) return malformed('malformed or repeated Content-Length');
  return contentLength === NO_LENGTH || contentLength === 0 ? NO_BODY : contentLength;
}

function chunkedFraming({ transferCoding, contentLength }: FramingFacts, minorVersion: number): number | HeadRefusal {
  if (minorVersion === 0) return malformed('Transfer-Encoding in HTTP/1.0');
  if (contentLength !== NO_LENGTH) return malformed('Content-Length beside Transfer-Encoding');
  return transferCoding === 'chunked' ? CHUNKED : malformed('unknown transfer coding');
}

/**
 * The key of a WebSocket handshake, `null` when no upgrade is asked for: an Upgrade field without its nomination asks
 * for nothing (RFC 9110 7.8). No other protocol is served (R50).
 */
function upgradeKey(parser: RequestParser, framing: number): string | null | HeadRefusal {
  const { facts } = parser;
  if (facts.upgrade === 'none' || !facts.nominatesUpgrade) return null;
  if (facts.upgrade === 'other' || parser.method !== 'GET' || parser.minorVersion === 0 || framing !== NO_BODY) {
    return { reason: 'upgrade-refused', status: 501, detail: 'the client asked for a protocol upgrade' };
  }
  const handshake = readHandshake(parser.fields);
  switch (handshake.kind) {
    case 'valid':
      return handshake.key;
    case 'malformed':
      return malformed(handshake.detail);
    case 'other-version':
      return { reason: 'upgrade-refused', status: 426, detail: 'an unknown version of the WebSocket protocol' };
  }
}

function malformed(detail: string): HeadRefusal {
  return { reason: 'bad-request', status: 400, detail };
}

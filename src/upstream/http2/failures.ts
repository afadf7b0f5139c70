import { constants } from 'node:http2';
import type { Reason } from '../../gateway/reasons.ts';
import { UpstreamFailure } from '../failures.ts';

/** The upstream reset the stream of a request, or said something that made us reset it. */
export class Http2Reset extends UpstreamFailure {
  override readonly name = 'Http2Reset';
  /** RFC 9113 7 */
  readonly http2Code: number;

  constructor(code: number) {
    super(reasonOf(code), `the upstream ended the stream with ${nameOf(code)}`);
    this.http2Code = code;
  }
}

/** The upstream closed the connection and said that it had not looked at the request (RFC 9113 6.8). */
export class NotSeen extends UpstreamFailure {
  override readonly name = 'NotSeen';

  constructor() {
    super('upstream-busy', 'the upstream closed the connection before it took the request', true);
  }
}

/** RFC 9113 8.7: a refused stream was not processed, so the request may go elsewhere, whatever it asks for. */
export function isUntouched(failure: UpstreamFailure): boolean {
  if (failure instanceof NotSeen) return true;
  return failure instanceof Http2Reset && failure.http2Code === constants.NGHTTP2_REFUSED_STREAM;
}

/** The TLS peer speaks no HTTP/2, so nothing was sent. HTTP/1.1 may be tried where the Service allows it. */
export class Http2NotAgreed extends UpstreamFailure {
  override readonly name = 'Http2NotAgreed';

  constructor(protocol: string | null) {
    super('upstream-unreachable', `the upstream speaks no HTTP/2: TLS agreed on ${protocol ?? 'no protocol'}`);
  }
}

const REASONS_OF_CODES: ReadonlyMap<number, Reason> = new Map([
  [constants.NGHTTP2_REFUSED_STREAM, 'upstream-busy'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'upstream-busy'],
  [constants.NGHTTP2_INADEQUATE_SECURITY, 'upstream-unreachable'],
  [constants.NGHTTP2_HTTP_1_1_REQUIRED, 'upstream-unreachable'],
]);

function reasonOf(code: number): Reason {
  return REASONS_OF_CODES.get(code) ?? 'upstream-invalid';
}

const NAMES = [
  ...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED'],
  ...['FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM'],
  ...['INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED'],
];

function nameOf(code: number): string {
  return NAMES[code] ?? `code ${code}`;
}

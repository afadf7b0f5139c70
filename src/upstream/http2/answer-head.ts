import type { HeaderList } from '../../base/header-list.ts';
import { isHopByHop } from '../../base/header-text.ts';
import { NameTable } from '../name-table.ts';
import { passedFields } from '../response-head.ts';

export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderList;
  /** Content-Length, `null` when it did not say. */
  readonly length: number | null;
}

const FIELD_OVERHEAD = 32;

/**
 * The head of an answer, from the fields that Node gives: `:status` first, names in lower case. nghttp2 has refused
 * connection-specific fields and a Content-Length that is repeated or no number (RFC 9113 8.2.2, 8.1.1).
 */
export function answerHead(raw: readonly string[]): AnswerHead {
  const headers = passedFields(raw.slice(2), null);
  const length = headers.get('content-length');
  return { status: statusOf(raw), headers, length: length === null ? null : Number(length) };
}

/** RFC 9113 6.5.2: how large a field section counts. */
export function sectionBytes(raw: readonly string[]): number {
  let bytes = 0;
  for (let i = 0; i < raw.length; i += 2) bytes += raw[i]!.length + raw[i + 1]!.length + FIELD_OVERHEAD;
  return bytes;
}

/** 0 when the field is not where it must be. */
function statusOf(raw: readonly string[]): number {
  return raw[0] === ':status' ? Number(raw[1]) : 0;
}

/** What a trailer would change or prove if it were a header (RFC 9110 6.5.1). */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  ...['authorization', 'content-encoding', 'content-length', 'content-range', 'content-type', 'cookie', 'expect'],
  ...['host', 'location', 'proxy-authorization', 'set-cookie', 'trailer', 'www-authenticate'],
]);

const IN_TRAILERS = new NameTable((name) => !NEVER_TRAILERS.has(name) && !isHopByHop(name));

/** The trailers of a gRPC answer without what has no business there (R6). */
export function passedTrailers(raw: readonly string[]): HeaderList {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (IN_TRAILERS.get(name)) kept.push(name, raw[i + 1] as string);
  }
  return passedFields(kept, null);
}

import { BAD_LENGTH, NO_LENGTH } from '../../wire/http1/framing-facts.ts';
import { HEAD_TOO_LARGE, TOO_MANY_FIELDS } from '../../wire/http1/parse-result.ts';
import type { ResponseParser } from '../../wire/http1/response-parser.ts';

/** How the end of an answer is told (RFC 9112 6.3); `close`: by the end of the connection; `raw`: a tunnel. */
export type AnswerFraming = 'none' | 'length' | 'chunked' | 'close' | 'raw';

/** What a head is wrong about, where two readers might read two things (R12); `null`: nothing. */
export function framingProblem({ status, minorVersion, facts }: ResponseParser): string | null {
  const { transferCoding, contentLength } = facts;
  if (transferCoding === 'other') return 'the answer has an unknown transfer coding';
  if (contentLength === BAD_LENGTH) return 'the answer has a malformed Content-Length';
  if (transferCoding === 'none') return status < 200 && contentLength !== NO_LENGTH ? NO_ROOM : null;
  if (contentLength !== NO_LENGTH) return 'the answer has both Content-Length and Transfer-Encoding';
  // RFC 9112 6.1: such a server cannot be trusted to frame anything.
  if (minorVersion === 0) return 'the answer has a transfer coding in HTTP/1.0';
  return status < 200 ? NO_ROOM : null;
}

const NO_ROOM = 'an interim answer has a body';

/** Of a final answer without a `framingProblem`. */
export function answerFraming({ status, facts }: ResponseParser, method: string): AnswerFraming {
  if (method === 'HEAD' || status === 204 || status === 304 || facts.contentLength === 0) return 'none';
  if (facts.transferCoding === 'chunked') return 'chunked';
  return facts.contentLength === NO_LENGTH ? 'close' : 'length';
}

/**
 * Whether the connection outlives the answer, as far as the server says. One that announces a body where there can be
 * none may be about to send it.
 */
export function staysOpen({ status, minorVersion, facts }: ResponseParser): boolean {
  if (facts.closes || (status === 204 && (facts.contentLength > 0 || facts.transferCoding !== 'none'))) return false;
  return minorVersion === 1 || facts.keepsAlive;
}

/** A second less than the server waits: a request that meets its FIN half-way would be lost. */
const HEAD_START = 1000;

/** Milliseconds that an idle connection lives, as its `Keep-Alive: timeout=…` field says; at most `most`. */
export function keepAliveTime(fields: readonly string[], most: number): number {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'keep-alive') return Math.min(most, statedTime(fields[i + 1] as string));
  }
  return most;
}

const PARAMETER = 'timeout=';

function statedTime(value: string): number {
  const at = value.toLowerCase().indexOf(PARAMETER);
  const seconds = at < 0 ? Number.NaN : Number.parseInt(value.slice(at + PARAMETER.length), 10);
  return Number.isNaN(seconds) ? Number.POSITIVE_INFINITY : Math.max(0, seconds * 1000 - HEAD_START);
}

const HEAD_PROBLEMS: Readonly<Record<number, string>> = {
  [HEAD_TOO_LARGE]: 'the head of the answer is too large',
  [TOO_MANY_FIELDS]: 'the answer has too many fields',
};

/** Words for a code of `parse-result.ts`. */
export function headProblem(code: number): string {
  return HEAD_PROBLEMS[code] ?? 'the answer is no HTTP';
}

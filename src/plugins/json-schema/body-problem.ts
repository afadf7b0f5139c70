import type { HeaderList } from '../../base/header-list.ts';
import { otherText } from '../../base/other-text.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Check } from './validator/run.ts';
import { problemOf } from './validator/validate.ts';

/** Levels of a body. */
const MOST_NESTED = 64;

/** Requests of these methods are complete without a body (RFC 9110 9.3). */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

const NO_JSON = {
  malformed: 'the body is not JSON',
  ambiguous: 'an object of the body has the same key twice',
  'too-deep': `the body nests deeper than ${MOST_NESTED} levels`,
} as const;

/** Why a body does not fit, for the log, without anything of what was sent; `null` when it does. */
export function bodyProblem(x: Exchange, bytes: Uint8Array, check: Check): string | null {
  const { method, headers } = x.outgoing!;
  if (bytes.byteLength === 0) return BODILESS.has(method) ? null : 'there is no body';
  return jsonProblem(headers, bytes, check);
}

/** The same for a body that is there. */
export function jsonProblem(headers: HeaderList, bytes: Uint8Array, check: Check): string | null {
  const other = otherText(headers);
  if (other !== null) return other;
  const json = parseStrictJson(bytes, MOST_NESTED);
  if (json.kind !== 'value') return NO_JSON[json.kind];
  const problem = problemOf(json.value, check);
  return problem === null ? null : `the body does not fit the schema at ${problem}`;
}

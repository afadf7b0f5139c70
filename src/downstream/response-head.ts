import { isHeaderValue, isHopByHop, isToken } from '../base/header-text.ts';
import type { Response } from '../gateway/outcome.ts';

/** How many bytes the answer's body has, as far as the head tells. */
export type BodyLength = { readonly kind: 'fixed'; readonly bytes: number } | { readonly kind: 'open' | 'none' };

export function bodyLength({ status, body }: Response, method: string): BodyLength {
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  if (body === null) return { kind: 'fixed', bytes: 0 };
  return body.length === null ? { kind: 'open' } : { kind: 'fixed', bytes: body.length };
}

/**
 * The fields of an answer, generated: hop-by-hop fields are dropped and framing is written anew. `null` when a field
 * could not be written without changing the meaning of the message (R8: CR, LF, NUL).
 */
export function responseFields({ status, headers }: Response, length: BodyLength): string[] | null {
  const { flat } = headers;
  const fields: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    if (!isToken(name) || !isHeaderValue(value)) return null;
    if (isHopByHop(name) || (name === 'content-length' && !keepsStatedLength(status, length))) continue;
    fields.push(name, value);
  }
  if (length.kind === 'fixed') fields.push('content-length', String(length.bytes));
  return fields;
}

/** RFC 9110 8.6: answers to HEAD and 304 may state the length of what they do not carry; 204 may not. */
function keepsStatedLength(status: number, length: BodyLength): boolean {
  return length.kind === 'none' && status !== 204;
}

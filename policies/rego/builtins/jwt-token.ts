import { type BuiltinError, isObject, type RegoObject, type RegoValue } from '../value.ts';
import { readValue } from '../value-reader.ts';
import { fail } from './builtin.ts';

/** A JSON Web Token in compact form (RFC 7519), not verified. */
export interface Token {
  readonly header: RegoObject;
  readonly payload: RegoValue;
  /** What is signed: header and payload as they came. */
  readonly signed: string;
  readonly signature: Buffer;
}

export function readToken(text: string): Token | BuiltinError {
  const [header, payload, signature, more] = text.split('.', 4);
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined) {
    return fail('a token has three parts');
  }
  const [head, body] = [readPart(header), readPart(payload)];
  if (head === null || body === null || !isObject(head.value)) return fail('a part of the token is not base64url JSON');
  if (!isBase64Url(signature)) return fail('the signature is not base64url');
  return {
    header: head.value,
    payload: body.value,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function readPart(part: string): { readonly value: RegoValue } | null {
  if (!isBase64Url(part)) return null;
  try {
    const json = Buffer.from(part, 'base64url').toString();
    JSON.parse(json); // throws for what is none
    return readValue(json);
  } catch {
    return null;
  }
}

function isBase64Url(text: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(text);
}

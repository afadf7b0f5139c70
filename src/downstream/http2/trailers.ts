import type { OutgoingHttpHeaders } from 'node:http2';
import type { FieldNames } from '../../base/field-names.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import { TOKEN_HEADER } from '../../base/own-names.ts';
import { canonicalHeaders } from '../canonical/headers.ts';

/**
 * Fields that mean something only before a body: framing, routing, authentication, conditions of the request. RFC 9110
 * 6.5.1; what only a gateway may set is gone already.
 */
const NOT_AFTER_A_BODY = new Set([
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'dpop',
  'expect',
  'host',
  'max-forwards',
  'range',
  'set-cookie',
  TOKEN_HEADER,
]);

/** What may be passed on of the trailers of a gRPC request; `null` when nothing is left. */
export function requestTrailers(raw: readonly string[], identityFields?: FieldNames): HeaderList | null {
  const trailers = canonicalHeaders([...raw], false, identityFields);
  for (const name of NOT_AFTER_A_BODY) trailers.delete(name);
  return trailers.size === 0 ? null : trailers;
}

/** The trailers of an answer as the library wants them; fields that may not stand there are dropped. */
export function responseTrailers(trailers: HeaderList): OutgoingHttpHeaders {
  return fieldObject(trailers, (name) => !NOT_AFTER_A_BODY.has(name));
}

/** Fields as the library wants them where it takes no list. */
export function fieldObject({ flat }: HeaderList, mayStand: (name: string) => boolean): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    if (!isToken(name) || !isHeaderValue(value) || isHopByHop(name) || !mayStand(name)) continue;
    const values = object[name];
    if (values === undefined) object[name] = value;
    else if (typeof values === 'string') object[name] = [values, value];
    else values.push(value);
  }
  return object;
}

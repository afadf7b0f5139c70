import { AppError } from '../../base/errors.ts';
import { HeaderList } from '../../base/header-list.ts';
import { isHopByHop, toHeaderValue } from '../../base/header-text.ts';
import { BufferedBody } from '../../gateway/body.ts';
import { type DirectResponse, respond } from '../../gateway/outcome.ts';
import type { DirectAnswer } from './schema.ts';

/** Written from the body, or for each connection. */
const GENERATED: ReadonlySet<string> = new Set(['content-length', 'date']);

/** Statuses that have no body (RFC 9110 15.3.5, 15.3.6, 15.4.5). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** An answer that is the same each time, as something that makes it. @throws AppError `invalid` */
export function compileAnswer(config: DirectAnswer, otherwise: number): () => DirectResponse {
  const status = config.statusCode ?? otherwise;
  const bytes = bytesOf(config.body);
  if (bytes.byteLength > 0 && BODILESS.has(status)) throw new AppError('invalid', `${status} has no body`);
  const fields = (config.headers ?? []).map(({ key, value }) => [fieldName(key), toHeaderValue(value)] as const);
  const headers = HeaderList.from(fields);
  if (config.body?.inline !== undefined && !headers.has('content-type')) {
    headers.set('content-type', 'text/plain; charset=utf-8');
  }
  return () => respond(status, headers.clone(), bytes.byteLength === 0 ? null : new BufferedBody(bytes));
}

function bytesOf(body: DirectAnswer['body']): Buffer {
  return body?.inlineBytes === undefined ? Buffer.from(body?.inline ?? '') : Buffer.from(body.inlineBytes, 'base64');
}

function fieldName(key: string): string {
  const name = key.toLowerCase();
  if (isHopByHop(name) || GENERATED.has(name)) {
    throw new AppError('invalid', `the header "${key}" is written by the gateway and cannot be set`);
  }
  return name;
}

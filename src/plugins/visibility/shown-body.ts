import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { foldedName } from '../../base/field-names.ts';
import { withoutOwnTokens } from '../../base/own-names.ts';
import { LARGEST_SHOWN } from './copied-body.ts';
import { isSensitive } from './shown-headers.ts';

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** Levels of a JSON value. */
const DEEPEST = 32;
const REDACTED = '[redacted]';

/** The text of a body; `null` for one that is no UTF-8, is larger than what is shown once decoded, or cannot be decoded. */
export function textOf(bytes: Buffer | null, contentEncoding: string | null): string | null {
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(decoded(bytes, contentEncoding));
  } catch {
    return null;
  }
}

/** @throws when it cannot be decoded, or not within the bounds. */
function decoded(bytes: Buffer, contentEncoding: string | null): Buffer {
  const coding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || bytes.byteLength === 0) return bytes;
  const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decode === undefined) throw new RangeError(`the content coding ${coding} is not known`);
  return decode(bytes, { maxOutputLength: LARGEST_SHOWN });
}

/** As it stands, without tokens of ours. */
export function shownText(text: string | null): string | null {
  return text === null ? null : withoutOwnTokens(text);
}

/** The JSON object that a text is, without values whose keys say that they are confidential; `null` when it is none. */
export function shownMap(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (redacted(value, 0) as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutOwnTokens(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [
    withoutOwnTokens(key),
    isSensitive(wordsOf(key)) ? REDACTED : redacted(item, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** `accessToken` and `access_token` as `access-token`. */
function wordsOf(key: string): string {
  return foldedName(key.replace(/([a-z0-9])([A-Z])/g, '$1-$2'));
}

import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { withoutOwnTokens } from '../../base/own-names.ts';
import { LARGEST_SHOWN } from './copied-body.ts';
import { type BodyRedaction, nameOf, type PathStep, REDACTED, wordsOf } from './redaction.ts';
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
const NO_NAMES: ReadonlySet<string> = new Set();

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

/**
 * As it stands, without tokens of ours. Where fields are named that nobody may read, as JSON without them; what is no
 * JSON is not shown then, because nobody knows where they stand in it.
 */
export function shownText(text: string | null, redaction: BodyRedaction | null): string | null {
  if (text === null) return null;
  if (redaction === null) return withoutOwnTokens(text);
  const value = parsed(text);
  return value === null ? null : JSON.stringify(redacted(value, redaction));
}

/** The JSON object that a text is, without values whose keys say that they are confidential; `null` when it is none. */
export function shownMap(
  text: string | null,
  redaction: BodyRedaction | null,
): Readonly<Record<string, unknown>> | null {
  const value = text === null ? null : parsed(text);
  if (value === null || Array.isArray(value)) return null;
  return redacted(value, redaction) as Record<string, unknown>;
}

/** The object or list; `null` for everything else. */
function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function redacted(value: object, redaction: BodyRedaction | null): unknown {
  return without(value, redaction?.names ?? NO_NAMES, redaction?.paths, 0);
}

/** @param step where the paths are that have led here */
function without(value: unknown, names: ReadonlySet<string>, step: PathStep | undefined, depth: number): unknown {
  if (typeof value === 'string') return withoutInText(value, names, step, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((item) => without(item, names, step, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => {
    const name = nameOf(key);
    const next = step?.inner.get(name);
    const isHidden = isSensitive(wordsOf(key)) || isSensitive(name) || names.has(name) || next?.isEnd === true;
    return [withoutOwnTokens(key), isHidden ? REDACTED : without(item, names, next, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** JSON in a text, as messages are often wrapped, is no hiding place. */
function withoutInText(text: string, names: ReadonlySet<string>, step: PathStep | undefined, depth: number): string {
  const inner = depth < DEEPEST && /^\s*[[{]/.test(text) ? parsed(text) : null;
  return inner === null ? withoutOwnTokens(text) : JSON.stringify(without(inner, names, step, depth + 1));
}

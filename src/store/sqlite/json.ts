import { AppError } from '../../base/errors.ts';

/**
 * Reads JSON that this store wrote itself; what it holds was checked before it was written.
 * @throws AppError `internal` when it is damaged.
 */
export function readJson<T>(json: string, what: string): T {
  try {
    return JSON.parse(json) as T;
  } catch {
    // The parser's error is dropped: it quotes the text.
    throw new AppError('internal', `${what} is damaged in the store: put the database back from a backup`);
  }
}

/**
 * Milliseconds since 1970 of an RFC 3339 timestamp.
 * @throws AppError `invalid` on anything else.
 */
export function timestampMs(text: string, what: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new AppError('invalid', `${what} is not a timestamp`);
  return ms;
}

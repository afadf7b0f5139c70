import { AppError } from '../base/errors.ts';
import { isHeaderValue, isHopByHop, isToken } from '../base/header-text.ts';

/** Fields that are generated for the connection; a credential there would be lost, or break the framing. */
const GENERATED = new Set(['host', 'content-length']);

/** In lower case. @throws AppError `invalid` for a header that no credential can be sent in */
export function headerName(text: string): string {
  const name = text.toLowerCase();
  if (isToken(name) && !isHopByHop(name) && !GENERATED.has(name)) return name;
  throw new AppError('invalid', `a credential cannot be sent in the header "${text}"`);
}

/** Octets above 0x7F mean different things to different servers; a credential must mean one. */
export function isPlainValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return isHeaderValue(text);
}

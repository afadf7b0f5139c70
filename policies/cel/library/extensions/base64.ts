import { OVER_BUDGET, spendCharacters, spendText } from '../../../values/budget.ts';
import { failure } from '../../../values/failure.ts';
import type { Result } from '../../../values/value.ts';
import { BYTES, STRING } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const NO_BASE64 = failure('the string is not base64');

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 1 for the codes of digits. */
const DIGITS = new Uint8Array(128);
for (const digit of ALPHABET) DIGITS[digit.charCodeAt(0)] = 1;

function encode(bytes: Uint8Array, caller: Caller): Result {
  if (!spendText(bytes.length, caller)) return OVER_BUDGET;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function decode(text: string, caller: Caller): Result {
  if (!spendCharacters(text.length, caller)) return OVER_BUDGET;
  return isBase64(text) ? new Uint8Array(Buffer.from(text, 'base64')) : NO_BASE64;
}

/** Padding may be left out, but not a part of it. */
function isBase64(text: string): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (padding > 0 ? text.length % 4 !== 0 : text.length % 4 === 1) return false;
  for (let at = text.length - padding - 1; at >= 0; at--) if (DIGITS[text.charCodeAt(at)] !== 1) return false;
  return true;
}

export const BASE64: readonly Overload[] = [
  fn('base64_encode_bytes', 'base64.encode', [BYTES], STRING, { arity: 1, fn: encode }),
  fn('base64_decode_string', 'base64.decode', [STRING], BYTES, { arity: 1, fn: decode }),
];

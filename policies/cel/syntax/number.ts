import { Uint } from '../../values/value.ts';
import { isDigit, isHexDigit, skip } from './characters.ts';
import type { Problem } from './problem.ts';
import type { Token } from './token.ts';

const MAX_UINT = 2n ** 64n - 1n;
/** The magnitude of the smallest int; the reader looks at the sign. */
const MAX_MAGNITUDE = 2n ** 63n;

export function readNumber(source: string, start: number): Token {
  const end = integerEnd(source, start);
  const doubleEnd = source[start + 1] === 'x' ? end : fractionEnd(source, end);
  if (doubleEnd > end || source[start] === '.') return readDouble(source, start, doubleEnd);
  return source[end] === 'u' || source[end] === 'U' ? readUint(source, start, end) : readInt(source, start, end);
}

function integerEnd(source: string, start: number): number {
  const isHex = source.startsWith('0x', start) && isHexDigit(source.charCodeAt(start + 2));
  return isHex ? skip(source, start + 2, isHexDigit) : skip(source, start, isDigit);
}

function fractionEnd(source: string, from: number): number {
  const hasFraction = source[from] === '.' && isDigit(source.charCodeAt(from + 1));
  const end = hasFraction ? skip(source, from + 1, isDigit) : from;
  if (source[end] !== 'e' && source[end] !== 'E') return end;
  const digits = source[end + 1] === '+' || source[end + 1] === '-' ? end + 2 : end + 1;
  return isDigit(source.charCodeAt(digits)) ? skip(source, digits, isDigit) : end;
}

function readDouble(source: string, start: number, end: number): Token {
  const value = Number(source.slice(start, end));
  return Number.isFinite(value) ? { kind: 'literal', value, start, end } : bad('a double', start, end);
}

function readUint(source: string, start: number, end: number): Token {
  const value = BigInt(source.slice(start, end));
  if (value > MAX_UINT) return bad('a uint of 64 bits', start, end + 1);
  return { kind: 'literal', value: new Uint(value), start, end: end + 1 };
}

function readInt(source: string, start: number, end: number): Token {
  const value = BigInt(source.slice(start, end));
  return value > MAX_MAGNITUDE ? bad('an int of 64 bits', start, end) : { kind: 'int', value, start, end };
}

function bad(type: string, start: number, end: number): Token {
  return { kind: 'bad', start, end, problem: tooLarge(type, start) };
}

export function tooLarge(type: string, at: number): Problem {
  return { at, message: `this number is too large for ${type}`, suggestion: null };
}

import type { RegoValue } from '../value.ts';
import { BuiltinError, itemsOf } from '../value.ts';
import { define, fail, textsOf } from './builtin.ts';

export const ENCODINGS = [
  define('hex.encode', ['string'], ([text]) => Buffer.from(text).toString('hex')),
  define('hex.decode', ['string'], ([text]) => {
    const isHex = text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
    return isHex ? Buffer.from(text, 'hex').toString() : fail('the text is not hexadecimal');
  }),
  define('base64url.encode_no_pad', ['string'], ([text]) => Buffer.from(text).toString('base64url')),
  define('urlquery.encode', ['string'], ([text]) => encode(text)),
  define('urlquery.decode', ['string'], ([text]) => decode(text)),
  define('urlquery.encode_object', ['object'], ([object]) => {
    const pairs = [...object].map(([name, value]) => pairsOf(name, value));
    return pairs.includes(null) ? fail('values must be strings, or arrays or sets of strings') : pairs.join('&');
  }),
  define('urlquery.decode_object', ['string'], ([text]) => decodeObject(text)),
];

/** As in forms: a space is `+`, and all but `*` is as Go has it. */
function encode(text: string): string {
  return new URLSearchParams([['', text.toWellFormed()]])
    .toString()
    .slice(1)
    .replaceAll('*', '%2A')
    .replaceAll('%7E', '~');
}

function decode(text: string): string | BuiltinError {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return fail('a percent sign is not followed by two hexadecimal digits');
  const bytes = text.replaceAll('+', ' ').replaceAll(/%([0-9a-fA-F]{2})|./gsu, (part, hex: string | undefined) => {
    return hex === undefined ? Buffer.from(part).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(bytes, 'latin1').toString();
}

function pairsOf(name: RegoValue, value: RegoValue): string | null {
  const values = typeof value === 'string' ? [value] : textsOf(itemsOf(value) ?? [null]);
  if (typeof name !== 'string' || values === null) return null;
  return values.map((one) => `${encode(name)}=${encode(one)}`).join('&');
}

function decodeObject(text: string): BuiltinError | ReadonlyMap<string, readonly string[]> {
  const object = new Map<string, string[]>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (pair.includes(';')) return fail('a semicolon separates nothing');
    if (name instanceof BuiltinError) return name;
    if (value instanceof BuiltinError) return value;
    object.set(name, [...(object.get(name) ?? []), value]);
  }
  return object;
}

import type { RegoValue } from '../value.ts';
import { BuiltinError, itemsOf } from '../value.ts';
import { define, fail, textsOf } from './builtin.ts';
import type { Work } from './work.ts';

export const ENCODINGS = [
  define('hex.encode', ['string'], ([text]) => Buffer.from(text).toString('hex')),
  define('hex.decode', ['string'], ([text]) => {
    const isHex = text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
    return isHex ? Buffer.from(text, 'hex').toString() : fail('the text is not hexadecimal');
  }),
  define('base64url.encode_no_pad', ['string'], ([text]) => Buffer.from(text).toString('base64url')),
  define('urlquery.encode', ['string'], ([text], { work }) => encode(text, work)),
  define('urlquery.decode', ['string'], ([text], { work }) => decode(text, work)),
  define('urlquery.encode_object', ['object'], ([object], { work }) => {
    const pairs = [...object].map(([name, value]) => pairsOf(name, value, work));
    return pairs.includes(null) ? fail('values must be strings, or arrays or sets of strings') : pairs.join('&');
  }),
  define('urlquery.decode_object', ['string'], ([text], { work }) => decodeObject(text, work)),
];

/** What one name or value takes beside its length. */
const PART = 40;

/** As in forms: a space is `+`, and all but `*` is as Go has it. */
function encode(text: string, work: Work): string {
  work.charge(PART + 2 * text.length);
  return new URLSearchParams([['', text.toWellFormed()]])
    .toString()
    .slice(1)
    .replaceAll('*', '%2A')
    .replaceAll('%7E', '~');
}

/** Character by character, but what stands for itself in one piece. */
function decode(text: string, work: Work): string | BuiltinError {
  work.charge(PART + text.length);
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return fail('a percent sign is not followed by two hexadecimal digits');
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced.toWellFormed();
  return spaced.toWellFormed().replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (bytes) => {
    return Buffer.from(bytes.replaceAll('%', ''), 'hex').toString();
  });
}

function pairsOf(name: RegoValue, value: RegoValue, work: Work): string | null {
  const values = typeof value === 'string' ? [value] : textsOf(itemsOf(value) ?? [null]);
  if (typeof name !== 'string' || values === null) return null;
  return values.map((one) => `${encode(name, work)}=${encode(one, work)}`).join('&');
}

function decodeObject(text: string, work: Work): BuiltinError | ReadonlyMap<string, readonly string[]> {
  work.chargeText(text.length);
  const object = new Map<string, string[]>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), work);
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1), work);
    if (pair.includes(';')) return fail('a semicolon separates nothing');
    if (name instanceof BuiltinError) return name;
    if (value instanceof BuiltinError) return value;
    const values = object.get(name);
    if (values === undefined) object.set(name, [value]);
    else values.push(value);
  }
  return object;
}

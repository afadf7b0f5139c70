import { OVER_BUDGET, spendCharacters } from '../../../values/budget.ts';
import type { Result } from '../../../values/value.ts';
import { STRING } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

/** A text that is made of another of about its length. */
function made(make: (text: string) => string): Run {
  const run = (text: string, caller: Caller): Result =>
    spendCharacters(text.length, caller) ? make(text) : OVER_BUDGET;
  return { arity: 1, fn: run };
}

/** Where there are others, letters of ASCII are picked out. */
const NO_PLAIN_ASCII = /[^ -~]/;

function lowerAscii(text: string): string {
  if (!NO_PLAIN_ASCII.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upperAscii(text: string): string {
  if (!NO_PLAIN_ASCII.test(text)) return text.toUpperCase();
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** White space of Unicode: without the byte order mark, which JavaScript trims, and with NEL, which it does not. */
const SPACES: ReadonlySet<number> = new Set(
  Array.from(
    '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
    (space) => space.charCodeAt(0),
  ),
);

function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACES.has(text.charCodeAt(start))) start++;
  while (end > start && SPACES.has(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** Units that a character takes which may have to be escaped. */
const QUOTE_COST = 4;

/** As a literal. Halves of surrogate pairs, which no literal can have, become U+FFFD. */
function quote(text: string, caller: Caller): Result {
  if (!caller.spend(text.length * QUOTE_COST)) return OVER_BUDGET;
  const escaped = text.replace(/[\x07-\r"\\]/g, (character) => ESCAPES.get(character) ?? character);
  return `"${escaped.toWellFormed()}"`;
}

function reverse(text: string, caller: Caller): Result {
  return caller.spend(text.length * 2) ? [...text].reverse().join('') : OVER_BUDGET;
}

/** `toLower` and `toUpper` are Octelium's, of all letters; the others are of the strings extension. */
export const TEXT_FORMS: readonly Overload[] = [
  method('string_lower_ascii', 'lowerAscii', [STRING], STRING, made(lowerAscii)),
  method('string_upper_ascii', 'upperAscii', [STRING], STRING, made(upperAscii)),
  method(
    'string_to_lower',
    'toLower',
    [STRING],
    STRING,
    made((text) => text.toLowerCase()),
  ),
  method(
    'string_to_upper',
    'toUpper',
    [STRING],
    STRING,
    made((text) => text.toUpperCase()),
  ),
  method('string_trim', 'trim', [STRING], STRING, made(trim)),
  method('string_reverse', 'reverse', [STRING], STRING, { arity: 1, fn: reverse }),
  fn('strings_quote', 'strings.quote', [STRING], STRING, { arity: 1, fn: quote }),
];

import type { BuiltinError, RegoValue } from '../value.ts';
import { define, fail } from './builtin.ts';

const LETTERS = ['k', 'm', 'g', 't', 'p', 'e'] as const;

/** `m` is a thousandth and `M` a million; the other letters in either case. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['m', 0.001],
  ['M', 1e6],
  ...LETTERS.filter((letter) => letter !== 'm').flatMap((letter) => bothCases(letter, 1000 ** powerOf(letter))),
  ...LETTERS.flatMap((letter) => binary(letter, 'i')),
]);

const BYTES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ...LETTERS.flatMap((letter): [string, number][] => {
    const decimal = 1000 ** powerOf(letter);
    const two = 1024 ** powerOf(letter);
    return [
      [letter, decimal],
      [`${letter}b`, decimal],
      [`${letter}i`, two],
      [`${letter}ib`, two],
    ];
  }),
]);

/** Of a text; no amount is longer. */
const LONGEST = 100;

export const UNIT_FUNCTIONS = [
  define('units.parse', ['string'], ([text]) => parse(text, (unit) => UNITS.get(unit))),
  define('units.parse_bytes', ['string'], ([text]) => {
    const value = parse(text, (unit) => BYTES.get(unit.toLowerCase()));
    return typeof value === 'number' ? Math.trunc(value) : value;
  }),
];

function powerOf(letter: (typeof LETTERS)[number]): number {
  return LETTERS.indexOf(letter) + 1;
}

function bothCases(letter: string, factor: number): [string, number][] {
  return [
    [letter, factor],
    [letter.toUpperCase(), factor],
  ];
}

function binary(letter: (typeof LETTERS)[number], end: string): [string, number][] {
  return bothCases(letter, 1024 ** powerOf(letter)).map(([name, factor]) => [`${name}${end}`, factor]);
}

function parse(quoted: string, factorOf: (unit: string) => number | undefined): RegoValue | BuiltinError {
  const text = quoted.replaceAll('"', '');
  if (text.length > LONGEST) return fail('the text is too long');
  if (text.includes(' ')) return fail('spaces are not allowed');
  const [, amount, unit] = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)([A-Za-z]*)$/.exec(text) ?? [];
  if (amount === undefined) return fail('there is no amount');
  const factor = factorOf(unit ?? '');
  if (factor === undefined) return fail(`the unit "${unit}" is not known`);
  // a thousandth is exact only as a division
  const value = factor < 1 ? Number(amount) / 1000 : Number(amount) * factor;
  if (!Number.isInteger(value) || Number.isSafeInteger(value) || value > 1e30) return value;
  return BigInt(value);
}

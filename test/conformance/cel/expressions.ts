import fc from 'fast-check';
import { Uint, type Value } from '../../../policies/values/value.ts';

/**
 * The types of the expressions that are made. Now and then a part of another type stands in their place. What the other
 * engine has otherwise than the specification is not made, as far as it is known: numbers and durations of empty texts;
 * indexes that are bools or no whole numbers; `has()` of what is no map; negations of what is no number; milliseconds in
 * `timestamp(int)`; quotients of large uints; the remainder of the smallest int by -1; the texts of -0.0 and of times with
 * fractions.
 */
type Kind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'digits'
  | 'index'
  | 'bytes'
  | 'ints'
  | 'strings'
  | 'map'
  | 'time'
  | 'span';

/** Variables that every expression may use. */
export const VARIABLES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['yes', true],
  ['i', 7n],
  ['big', 2n ** 63n - 1n],
  ['u', new Uint(3n)],
  ['d', 2.5],
  ['s', 'aé🙂b'],
  ['b', Uint8Array.of(0x61, 0xff)],
  ['ns', [3n, -1n, 0n]],
  ['ss', ['a', '', 'bc']],
]);

const DEPTH = 3;
/** How often a part has the right type, for one that has not. */
const RIGHT = 80;

const LEAVES: Readonly<Record<Kind, readonly string[]>> = {
  bool: ['true', 'false', 'yes'],
  int: [
    '0',
    '1',
    '-1',
    '2',
    '7',
    '9223372036854775807',
    '-9223372036854775808',
    'i',
    'big',
    'size(s)',
    'ns[0]',
    '3',
    '4',
    '5',
  ],
  uint: ['0u', '1u', '5u', '18446744073709551615u', 'u'],
  double: ['0.0', '-0.0', '1.5', '1e30', '-2.0', 'double("NaN")', 'double("Infinity")', 'd'],
  string: ['""', '"a"', '"b"', '"bc"', '"é🙂"', "r'\\d'", '"12"', '"-1.5"', '"true"', 's', 's', 'ss[0]', 'missing'],
  digits: ['"12"', '"-7"', '"1.5"', '"9223372036854775808"', '"1h"', '"90s"', '"-1.5m"', '"x"'],
  index: ['0', '1', '2', '-1', '1u', '1.0'],
  bytes: ['b""', 'b"a"', 'b"\\xff\\x00"', 'b'],
  ints: ['[]', '[1]', '[1, 2, 3]', '[0, 0]', 'ns'],
  strings: ['["a", "b"]', '[""]', 'ss'],
  map: ['{}', '{"a": 1}', '{"a": 1, "b": 2}', '{"": 0}'],
  time: ['timestamp("2024-02-29T23:59:59Z")', 'timestamp("1969-12-31T23:59:59.125-02:30")', 'timestamp(0)'],
  span: ['duration("1h30m")', 'duration("-1.5s")', 'duration("0s")', 'duration("25h")'],
};

/** `$int` stands for an expression of that type, `$int!` never for one of another. */
const FORMS: Readonly<Record<Kind, readonly string[]>> = {
  bool: [
    ...['!($bool)', '($bool && $bool)', '($bool || $bool)', '($bool ? $bool : $bool)', '$any == $any', '$any != $any'],
    ...['$int < $int', '$int <= $double', '$uint > $int', '$double >= $uint', '$string < $string', '$bytes < $bytes'],
    ...['$int in $ints', '$string in $strings', '$string in $map', '$time < $time', '$span >= $span'],
    ...['$string.contains($string)', '$string.startsWith($string)', '$string.endsWith($string)'],
    ...['$string.matches("^[a-z]+$")', '$string.matches("(a|b)*c?")', 'has({$string: 1}.a)', 'bool($string)'],
    ...['$ints.all(x, $bool)', '$ints.exists(x, x > $int)', '$ints.exists_one(x, x == $int)', '$map.all(k, k != "a")'],
    ...['$strings.exists(e, e == $string)', '$ints.all(x, x / $int > 0)', 'type($any) == type($any)'],
  ],
  int: [
    ...['($int + $int)', '($int - $int)', '($int * $int)', '($int / $int)', '($int % 3)', '(7 % $int)', '-($int! - 1)'],
    ...['size($string)', 'size($ints)', 'size($map)', '$bytes.size()', '$ints[$index!]', '$map["a"]', '$map[$string]'],
    ...['int($double!)', 'int($uint!)', 'int($digits!)', '($bool ? $int : $int)', 'int($time!)', '$map.b'],
    ...['$time.getFullYear()', '$time.getDayOfWeek()', '$time.getHours("-02:30")', '$span.getMinutes()'],
  ],
  uint: ['($uint + $uint)', '($uint - $uint)', '($uint * $uint)', '(5u / $uint)', 'uint($int)', 'uint($double)'],
  double: [
    '($double + $double)',
    '($double * $double)',
    '($double / $double)',
    '-($double! + 1.0)',
    'double($int)',
    'double($uint)',
  ],
  string: [
    '($string + $string)',
    '$strings[$index!]',
    'string($int!)',
    'string($uint!)',
    'string($bool!)',
    'string($bytes!)',
  ],
  digits: ['($digits! + $digits!)', 'string($int!)', 'string($uint!)'],
  index: ['($int - 1)', 'size($ints)'],
  bytes: ['($bytes + $bytes)', 'bytes($string)'],
  ints: [
    ...[
      '($ints + $ints)',
      '[$int, $int]',
      '$ints.map(x, x * $int)',
      '$ints.filter(x, x < $int || $bool)',
      '$ints.map(x, x != 0, $int / x)',
    ],
    ...['$map.map(k, $map[k])', '($bool ? $ints : $ints)'],
  ],
  strings: ['($strings + $strings)', '[$string]', '$strings.filter(e, $bool)', '$map.map(k, k + $string)'],
  map: ['{$string: $int}', '{"a": $int, "b": $int}', '($bool ? $map : $map)'],
  time: ['($time + $span)', '($time - $span)'],
  span: ['($span + $span)', '($time - $time)', 'duration($digits!)'],
};

const KINDS = Object.keys(LEAVES) as Kind[];
/** By kind and depth: each is made once. */
const arbitraries = new Map<string, fc.Arbitrary<string>>();

/** Expressions of every kind, as text. */
export const expressions: fc.Arbitrary<string> = fc.oneof(...KINDS.map((kind) => expression(kind, DEPTH)));

function expression(kind: Kind, depth: number): fc.Arbitrary<string> {
  const known = arbitraries.get(`${kind}${depth}`);
  if (known !== undefined) return known;
  const made =
    depth === 0
      ? leaf(kind)
      : fc.oneof({ weight: Math.ceil(FORMS[kind].length / 2), arbitrary: leaf(kind) }, ...forms(kind, depth - 1));
  arbitraries.set(`${kind}${depth}`, made);
  return made;
}

function leaf(kind: Kind): fc.Arbitrary<string> {
  return fc.constantFrom(...LEAVES[kind]);
}

function forms(kind: Kind, depth: number): { weight: number; arbitrary: fc.Arbitrary<string> }[] {
  return FORMS[kind].map((form) => ({ weight: 1, arbitrary: filled(form, depth) }));
}

function filled(form: string, depth: number): fc.Arbitrary<string> {
  const texts = form.split(/\$[a-z]+!?/);
  const holes = Array.from(form.matchAll(/\$([a-z]+)(!?)/g), ([, kind, mark]) => hole(kind!, mark === '!', depth));
  return fc.tuple(...holes).map((parts) => texts.map((text, i) => text + (parts[i] ?? '')).join(''));
}

function hole(name: string, isExact: boolean, depth: number): fc.Arbitrary<string> {
  const any = fc.constantFrom(...KINDS).chain((kind) => expression(kind, depth));
  if (name === 'any') return any;
  const right = expression(name as Kind, depth);
  if (isExact) return right;
  return fc.oneof({ weight: RIGHT, arbitrary: right }, { weight: 1, arbitrary: any });
}

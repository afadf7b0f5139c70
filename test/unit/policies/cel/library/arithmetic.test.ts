import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { given } from './value.ts';

const MAX = '9223372036854775807';
const MIN = '-9223372036854775808';
const UMAX = '18446744073709551615u';

function table(cases: Readonly<Record<string, string>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(given(source), expected));
  }
}

describe('integers end at 64 bits', () => {
  const overflow = '<integer overflow>';
  table({
    [`${MAX} + 0`]: MAX,
    [`${MAX} + 1`]: overflow,
    [`${MIN} - 1`]: overflow,
    [`${MAX} * 2`]: overflow,
    [`${MIN} * -1`]: overflow,
    [`-(${MIN})`]: overflow,
    [`${MIN} / -1`]: overflow,
    [`${MIN} % -1`]: overflow,
    [`${UMAX} + 0u`]: UMAX,
    [`${UMAX} + 1u`]: overflow,
    '0u - 1u': overflow,
    [`${UMAX} * 2u`]: overflow,
  });
});

describe('division', () => {
  table({
    '7 / 2': '3',
    '-7 / 2': '-3',
    '7 % -2': '1',
    '-7 % 2': '-1',
    '7u / 2u': '3u',
    '7u % 2u': '1u',
    '1 / 0': '<division by zero>',
    '1 % 0': '<modulus by zero>',
    '1u / 0u': '<division by zero>',
    '1u % 0u': '<modulus by zero>',
    '1.0 / 0.0': 'double("Infinity")',
    '-1.0 / 0.0': 'double("-Infinity")',
    '0.0 / 0.0': 'double("NaN")',
  });
});

describe('types are not mixed', () => {
  table({
    '1 + 1.0': '<no such overload: _+_(int, double)>',
    '1 + 1u': '<no such overload: _+_(int, uint)>',
    '"a" + 1': '<no such overload: _+_(string, int)>',
    '-1u': '<no such overload: -_(uint)>',
    '1.5 % 1.0': '<no such overload: _%_(double, double)>',
  });
});

describe('texts, bytes and lists are joined', () => {
  table({
    '"a" + "b"': '"ab"',
    '"" + ""': '""',
    'b"a" + b"\\xff"': 'b"a\\xff"',
    '[1] + ["a"]': '[1, "a"]',
    '[] + []': '[]',
  });
});

describe('sizes', () => {
  table({
    'size("abc")': '3',
    'size("ß€😀")': '3',
    '"😀😀".size()': '2',
    'size("")': '0',
    'size(b"😀")': '4',
    'size([1, [2, 3]])': '2',
    '{"a": 1}.size()': '1',
    'size(1)': '<no such overload: size(int)>',
  });
});

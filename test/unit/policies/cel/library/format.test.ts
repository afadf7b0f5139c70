import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fixedText, plainText, scientificText } from '../../../../../policies/cel/library/extensions/decimal.ts';
import { table } from './table.ts';
import { refusalOf } from './value.ts';

describe('numbers', () => {
  table({
    '"%d %d %d".format([-5, 5u, 2.5])': '"-5 5 2.5"',
    '"%d".format([1e21])': '"1000000000000000000000"',
    '"%s %s".format([1e-7, -0.0])': '"0.0000001 -0"',
    '"%.2f %.0f %.0f %.0f".format([1, 0.5, 1.5, -2.5])': '"1.00 0 2 -2"',
    '"%.1f".format([0.25])': '"0.2"',
    '"%.1f".format([-0.01])': '"-0.0"',
    '"%.3f".format([123456789012345680000000.0])': '"123456789012345685803008.000"',
    '"%.20f".format([0.1])': '"0.10000000000000000555"',
    '"%.2e %.0e %e".format([9.995, 2.5, 0.0])': '"9.99e+00 2e+00 0.000000e+00"',
    '"%.1e %.1e".format([9.99, 1e-300])': '"1.0e+01 1.0e-300"',
    '"%.3e".format([5e-324])': '"4.941e-324"',
    '"%f %e".format([double("inf"), double("nan")])': '"Infinity NaN"',
    '"%b %o %x %X".format([-5, 8, -255, 255u])': '"-101 10 -ff FF"',
    '"%x %X".format(["é🙂", b"\\xab"])': '"c3a9f09f9982 AB"',
    '"%b".format([false])': '"0"',
  });
});

describe('values', () => {
  table({
    '"%s".format([{2: [1.5, null], 1: {"b": b"x", "a": true}}])': '"{1: {a: true, b: x}, 2: [1.5, null]}"',
    '"%s".format([[timestamp("2026-01-31T12:00:00.5Z"), duration("90m"), int]])':
      '"[2026-01-31T12:00:00.5Z, 5400s, int]"',
    '"%s%%%s".format(["a", "b"])': '"a%b"',
    '"%s".format(["%s"])': '"%s"',
    '"é🙂%s\\n%s".format(["a", "b"])': '"é🙂a\\nb"',
    '"".format([1])': '""',
  });
});

describe('mistakes', () => {
  const unknown = '<unknown formatting clause: expected %s %d %f %e %b %o %x %X or %%>';
  const precision = '<the precision of a formatting clause has to be a number up to 1000>';
  table({
    'dyn("%z").format([1])': unknown,
    'dyn("%").format([1])': unknown,
    'dyn("%.5").format([1])': unknown,
    'dyn("%.f").format([1])': precision,
    'dyn("%.1001f").format([1])': precision,
    '"%s".format([])': '<the format has more clauses than there are arguments>',
    '"%d".format(["secret"])': '<%d formats only numbers>',
    '"%s".format([optional.of(1)])': '<%s cannot format a value of this type>',
  });
  test('are told when the expression is compiled', () => {
    assert.match(refusalOf('"%z".format([1])') ?? '', /unknown formatting clause/);
  });
});

const finite = fc.double({ noDefaultInfinity: true, noNaN: true });

test('what is written in full reads back', () => {
  const written = (value: number) => {
    assert.equal(Number(plainText(value)), value);
    assert.doesNotMatch(plainText(value), /e/);
    assert.equal(Number(fixedText(value, 330)), value);
    assert.equal(Number(scientificText(value, 17)), value);
  };
  fc.assert(fc.property(finite, written));
});

test('rounding is that of the language where it does not end on a half', () => {
  const agree = (value: number, places: number) => {
    const rounded = scientificText(value, places).replace(/e([+-])0(\d)$/, 'e$1$2');
    assert.ok(rounded === value.toExponential(places) || isHalf(value, places), `${value} ${places} ${rounded}`);
  };
  agree(1e-323, 1);
  fc.assert(fc.property(finite.map(Math.abs), fc.integer({ min: 0, max: 20 }), agree));
});

/** Whether the digits that are left out are a five and zeros. */
function isHalf(value: number, places: number): boolean {
  const [digits = ''] = scientificText(value, 1000).replace('.', '').split('e');
  return /^50*$/.test(digits.slice(places + 1));
}

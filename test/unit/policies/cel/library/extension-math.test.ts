import { describe } from 'node:test';
import { table } from './table.ts';

describe('rounding', () => {
  table({
    'math.round(0.49999999999999994)': '0.0',
    'math.round(-2.5)': '-3.0',
    'math.round(double("inf"))': 'double("Infinity")',
    'math.trunc(-1.9)': '-1.0',
    'math.ceil(-0.5)': '-0.0',
    'math.floor(1e300)': '1e+300',
    'math.sqrt(9)': '3.0',
    'math.sqrt(2u) > 1.414': 'true',
    'math.sqrt(-1.0)': 'double("NaN")',
    'math.sign(double("nan"))': 'double("NaN")',
    'math.sign(-9223372036854775808)': '-1',
    'math.abs(-9223372036854775808)': '<integer overflow>',
  });
});

describe('bits', () => {
  table({
    'math.bitShiftLeft(1, 63)': '-9223372036854775808',
    'math.bitShiftLeft(1, 64)': '0',
    'math.bitShiftLeft(3u, 63)': '9223372036854775808u',
    'math.bitShiftRight(-1, 63)': '1',
    'math.bitShiftRight(-1, 9223372036854775807)': '0',
    'math.bitShiftRight(1u, -9223372036854775808)': '<the number of bits to shift by is negative>',
    'math.bitNot(18446744073709551615u)': '0u',
    'math.bitXor(-1, 1)': '-2',
  });
});

describe('extremes', () => {
  table({
    'math.greatest(1, 2u, 1.5)': '2u',
    'math.least(1, 1.0)': '1',
    'math.greatest([1, 3, 2])': '3',
    'math.least(dyn([]))': '<an empty list has no extreme>',
    'math.least(dyn(["a"]))': '<the list has an item that is no number>',
    'math.greatest(double("nan"), 1.0)': 'double("NaN")',
    '[3, 1, 2].min()': '1',
    '["b", "é", "a"].max()': '"é"',
    '[timestamp(5), timestamp(3)].min()': 'timestamp("1970-01-01T00:00:03Z")',
    '[duration("1s"), duration("1m")].max()': 'duration("60s")',
    '[].min()': '<an empty list has no extreme>',
    '[null].min()': '<the items of the list have no order>',
    '[dyn(1), dyn("a")].max()': '<the items of the list have no order>',
  });
});

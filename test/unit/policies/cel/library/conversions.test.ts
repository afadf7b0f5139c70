import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { given } from './value.ts';

function table(cases: Readonly<Record<string, string>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(given(source), expected));
  }
}

describe('to int', () => {
  table({
    'int("-9223372036854775808")': '-9223372036854775808',
    'int("9223372036854775808")': '<integer overflow>',
    'int("+7")': '7',
    'int("007")': '7',
    'int("")': '<the string is no integer>',
    'int(" 7")': '<the string is no integer>',
    'int("7.0")': '<the string is no integer>',
    'int("0x7")': '<the string is no integer>',
    'int(-1.9)': '-1',
    'int(9223372036854774784.0)': '9223372036854774784',
    'int(9223372036854775808.0)': '<the double is out of the range of integers>',
    'int(-9223372036854775808.0)': '<the double is out of the range of integers>',
    'int(double("NaN"))': '<the double is out of the range of integers>',
    'int(9223372036854775808u)': '<integer overflow>',
    'int(timestamp("1969-12-31T23:59:58.5Z"))': '-2',
    'int(duration("-1.5s"))': '-1500000000',
    'int(true)': '<no such overload: int(bool)>',
  });
});

describe('to uint', () => {
  table({
    'uint("18446744073709551615")': '18446744073709551615u',
    'uint("18446744073709551616")': '<integer overflow>',
    'uint("-0")': '<the string is no integer>',
    'uint(-1)': '<integer overflow>',
    'uint(1.9)': '1u',
    'uint(-0.5)': '<the double is out of the range of integers>',
    'uint(18446744073709551616.0)': '<the double is out of the range of integers>',
  });
});

describe('to double', () => {
  table({
    'double("1e3")': '1000.0',
    'double(".5")': '0.5',
    'double("5.")': '5.0',
    'double("-inf")': 'double("-Infinity")',
    'double("Infinity")': 'double("Infinity")',
    'double("nan")': 'double("NaN")',
    'double("1e999")': '<the string is no double>',
    'double("1,5")': '<the string is no double>',
    'double("1e")': '<the string is no double>',
    'double("")': '<the string is no double>',
    'double(9007199254740993)': '9007199254740992.0',
  });
});

describe('to bool', () => {
  table({
    'bool("true")': 'true',
    'bool("T")': 'true',
    'bool("0")': 'false',
    'bool("FALSE")': 'false',
    'bool("yes")': '<the string is no bool>',
    'bool("tRUE")': '<the string is no bool>',
  });
});

describe('to string', () => {
  table({
    'string(-5)': '"-5"',
    'string(5u)': '"5"',
    'string(true)': '"true"',
    'string(1.5)': '"1.5"',
    'string(2.0)': '"2"',
    'string(-0.0)': '"-0"',
    'string(999999.0)': '"999999"',
    'string(1000000.0)': '"1e+06"',
    'string(0.0001)': '"0.0001"',
    'string(0.00001)': '"1e-05"',
    'string(1.5e100)': '"1.5e+100"',
    'string(double("inf"))': '"+Inf"',
    'string(b"\\xc3\\xbf")': '"ÿ"',
    'string(b"\\xff")': '<the bytes are not valid UTF-8>',
    'string(b"\\xef\\xbb\\xbfa") == "\\ufeffa"': 'true',
    'string(timestamp("2026-01-31T12:00:00.120+02:00"))': '"2026-01-31T10:00:00.12Z"',
    'string(duration("1h1ms"))': '"3600.001s"',
    'string(null)': '<no such overload: string(null_type)>',
  });
});

describe('to bytes and back', () => {
  table({ 'bytes("ÿ")': 'b"\\xc3\\xbf"', 'string(bytes("😀"))': '"😀"', 'bytes(b"a")': 'b"a"' });
});

describe('types', () => {
  table({
    'type(1)': 'int',
    'type(null)': 'null_type',
    'type([])': 'list',
    'type(type(1))': 'type',
    'type(timestamp(0)) == google.protobuf.Timestamp': 'true',
    'type(duration("1s")) == google.protobuf.Duration': 'true',
    'type(1) == type(1u)': 'false',
    'dyn(1)': '1',
  });
});

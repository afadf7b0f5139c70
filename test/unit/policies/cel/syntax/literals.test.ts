import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uint } from '../../../../../policies/values/value.ts';
import { problemOf, syntaxOf } from './parsed.ts';

function literalOf(source: string): unknown {
  const { expr } = syntaxOf(source);
  assert.equal(expr.kind, 'constant', source);
  return expr.kind === 'constant' ? expr.value : undefined;
}

const VALUES: readonly (readonly [source: string, value: unknown])[] = [
  ['null', null],
  ['true', true],
  ['0', 0n],
  ['007', 7n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['- 5', -5n],
  ['-0x10', -16n],
  ['--5', 5n],
  ['0xFFu', new Uint(255n)],
  ['18446744073709551615U', new Uint(2n ** 64n - 1n)],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['1e3', 1000],
  ['2.5E-1', 0.25],
  ['-0.0', -0],
  ["'it'", 'it'],
  ['"\\u00e9\\U0001F642\\x41\\101\\n\\`"', 'é🙂AA\n`'],
  ['r"\\d+"', '\\d+'],
  ["R'''a\n\"'b'\"'''", 'a\n"\'b\'"'],
  ['"""a""b"""', 'a""b'],
  ["''", ''],
  ["'''a\r\nb\rc'''", 'a\nb\nc'],
  ['b"\\xff\\377é"', Uint8Array.of(255, 255, 0xc3, 0xa9)],
  ["bR'\\x'", Uint8Array.of(0x5c, 0x78)],
];

for (const [source, value] of VALUES) {
  test(`literal ${JSON.stringify(source)}`, () => assert.deepStrictEqual(literalOf(source), value));
}

const MISTAKES: readonly (readonly [source: string, at: number, message: RegExp])[] = [
  ['9223372036854775808', 0, /too large for an int/],
  ['1 + -9223372036854775809', 5, /too large for an int/],
  ['18446744073709551616u', 0, /too large for a uint/],
  ['1e999', 0, /too large for a double/],
  ['"abc', 0, /not closed/],
  ['x == "abc\n"', 5, /not closed/],
  ['"a\\q"', 2, /"\\q" is no escape/],
  ['"\\', 1, /no escape/],
  ['"\\x4"', 1, /needs 2 hexadecimal digits/],
  ['"\\400"', 1, /no escape/],
  ['"\\ud800"', 1, /is no character/],
  ['"\\U00110000"', 1, /is no character/],
  ['b"\\u0041"', 2, /is for strings/],
  ['"\ud800"', 1, /surrogate/],
];

for (const [source, at, message] of MISTAKES) {
  test(`literal ${JSON.stringify(source)} is refused`, () => {
    const problem = problemOf(source);
    assert.match(problem.message, message);
    assert.equal(problem.at, at);
  });
}

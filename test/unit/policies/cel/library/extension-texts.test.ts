import { describe } from 'node:test';
import { table } from './table.ts';

const OUT_OF_BOUNDS = '<the index is out of bounds>';

describe('positions count code points', () => {
  table({
    '"a🙂b".charAt(1)': '"🙂"',
    '"a🙂b".charAt(2)': '"b"',
    '"a🙂b".charAt(3)': '""',
    '"a🙂b".charAt(4)': OUT_OF_BOUNDS,
    '"a🙂b".charAt(-1)': OUT_OF_BOUNDS,
    '"a🙂b".charAt(9223372036854775807)': OUT_OF_BOUNDS,
    '"a🙂b🙂".indexOf("b")': '2',
    '"a🙂b🙂".indexOf("🙂", 2)': '3',
    '"a🙂b🙂".indexOf("", 4)': '4',
    '"a🙂b🙂".indexOf("x", 4)': OUT_OF_BOUNDS,
    '"".indexOf("a")': '-1',
    '"".indexOf("")': '0',
    '"🙂a🙂a".lastIndexOf("a")': '3',
    '"🙂a🙂a".lastIndexOf("a", 2)': '1',
    '"🙂a🙂a".lastIndexOf("🙂", 0)': '0',
    '"a".lastIndexOf("ab", 0)': '-1',
    '"a🙂b".substring(2)': '"b"',
    '"a🙂b".substring(1, 2)': '"🙂"',
    '"a🙂b".substring(3)': '""',
    '"a🙂b".substring(4)': OUT_OF_BOUNDS,
    '"a🙂b".substring(2, 1)': '<the range ends before it starts>',
    '"a🙂b".reverse()': '"b🙂a"',
  });
});

describe('parts', () => {
  table({
    '"a,b,c".split(",")': '["a", "b", "c"]',
    '"a,b,c".split(",", 2)': '["a", "b,c"]',
    '"a,b,c".split(",", 0)': '[]',
    '"a,b,c".split(",", 9)': '["a", "b", "c"]',
    '"".split(",")': '[""]',
    '"a🙂b".split("")': '["a", "🙂", "b"]',
    '"a🙂b".split("", 2)': '["a", "🙂b"]',
    '"aXbXc".replace("X", "--")': '"a--b--c"',
    '"aXbXc".replace("X", "$&", 1)': '"a$&bXc"',
    '"aXbXc".replace("X", "", 0)': '"aXbXc"',
    '"aaa".replace("a", "aa")': '"aaaaaa"',
    '"a🙂".replace("", "-")': '"-a-🙂-"',
    '"a🙂".replace("", "-", 2)': '"-a-🙂"',
    '["a", "b"].join("🙂")': '"a🙂b"',
    '[dyn(1)].join()': '<the list has an item that is no string>',
  });
});

describe('forms', () => {
  table({
    '"ÀBc".lowerAscii()': '"Àbc"',
    '"àBc".upperAscii()': '"àBC"',
    '"ÀBc".toLower()': '"àbc"',
    '"àBc".toUpper()': '"ÀBC"',
    '"\\u0085 a\\ufeff\\t".trim()': '"a\ufeff"',
    '" ".trim()': '""',
    'strings.quote("a\\"\\\\\\a\\v\\n\\x01")': JSON.stringify('"a\\"\\\\\\a\\v\\n\u0001"'),
  });
});

describe('base64', () => {
  table({
    'base64.encode(b"\\xff\\x00")': '"/wA="',
    'base64.decode("/wA=")': 'b"\\xff\\x00"',
    'base64.decode("/wA")': 'b"\\xff\\x00"',
    'base64.decode("")': 'b""',
    'base64.decode("QQ==")': 'b"A"',
    ...Object.fromEntries(
      ['/wA==', 'QQ=', 'Q', '=', '==', '====', 'Q===', 'QQ Q', '-_', 'QQ\\n'].map((text) => [
        `base64.decode("${text}")`,
        '<the string is not base64>',
      ]),
    ),
  });
});

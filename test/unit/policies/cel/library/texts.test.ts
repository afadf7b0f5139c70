import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { given, refusalOf } from './value.ts';

function table(cases: Readonly<Record<string, string>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(given(source), expected));
  }
}

describe('parts of texts', () => {
  table({
    '"abc".contains("b")': 'true',
    '"abc".contains("")': 'true',
    '"abc".startsWith("ab")': 'true',
    '"abc".startsWith("abcd")': 'false',
    '"abc".endsWith("bc")': 'true',
    '"abc".endsWith(1)': '<no such overload: endsWith(string, int)>',
  });
});

describe('patterns are found anywhere', () => {
  table({
    '"abc".matches("b")': 'true',
    '"abc".matches("^b")': 'false',
    '"abc".matches("^ab")': 'true',
    '"abc".matches("c$")': 'true',
    '"abc".matches("^abc$")': 'true',
    '"abcd".matches("^abc$")': 'false',
    '"abc\\n".matches("c$")': 'false',
    '"abc".matches("")': 'true',
    '"".matches("^$")': 'true',
    '"a.c".matches("a.c")': 'true',
    '"abc".matches("a.c")': 'true',
    '"a\\\\.c".matches("a\\\\\\\\")': 'true',
    '"ABC".matches("(?i)abc")': 'true',
    '"a1".matches("^[a-z]\\\\d$")': 'true',
    'matches("abc", "b+")': 'true',
    '["a+", "^b", "c"].map(p, "aab".matches(p))': '[true, false, false]',
    '"a".matches("(" + "")': '<the pattern is not valid RE2 syntax>',
    '["("].map(p, "a".matches(p))': '<the pattern is not valid RE2 syntax>',
  });
});

test('a pattern that is no RE2 is refused ahead', () => {
  assert.match(refusalOf('"a".matches("(?=b)")') ?? '', /RE2/);
});

test('a pattern out of a request is bounded', () => {
  const bindings = new Map([['p', `${'a'.repeat(1001)}+`]]);
  assert.equal(given('"a".matches(p)', bindings), '<the pattern is too long>');
});

test('a pattern that is large when its repetitions are written out is refused', () => {
  const heavy = ['a{0,1000}'.repeat(20), `(${'abcdefghij'.repeat(10)}){200}`, '(?:[[:alpha:]\\]]{1000}b){11}'];
  for (const pattern of heavy) assert.equal(refusalOf(`"a".matches(r"${pattern}")`), 'the pattern repeats too much');
  for (const pattern of ['[{1000}]{9}', '\\{1000}{9}', '\\Qa{1000}{1000}{1000}', '\\x{1F600}{9}', '(?i)[a-z]{1,200}']) {
    assert.equal(refusalOf(`"a".matches(r"${pattern}")`), null, pattern);
  }
});

test('a heavy pattern out of a request takes all that the evaluation may', () => {
  const bindings = new Map([['p', 'a{0,1000}'.repeat(9)]]);
  assert.equal(given('"a".matches(p)', bindings), '<the evaluation takes more than it may>');
});

test('texts are charged for: the evaluation ends before the work is done', () => {
  const text = 'a'.repeat(2_000_000);
  const bindings = new Map([['text', text]]);
  const over = '<the evaluation takes more than it may>';
  assert.equal(given('text.matches("(a|b)*c$")', bindings), over);
  assert.equal(given('[1,2,3,4,5,6,7,8,9].all(i, !text.contains("b" + string(i)))', bindings), over);
});

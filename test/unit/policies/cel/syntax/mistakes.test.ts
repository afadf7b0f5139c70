import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionOf } from '../../../../../policies/cel/syntax/position.ts';
import { problemOf } from './parsed.ts';

/** `line:column message (suggestion)` */
const MISTAKES: readonly (readonly [source: string, told: string])[] = [
  ['', '1:1 the expression is empty'],
  ['a &&', '1:5 the expression ends too early'],
  ['(a', '1:3 the expression ends too early: ")" is missing'],
  ['a ? b', '1:6 the expression ends too early: ":" is missing'],
  ['a))', '1:2 unexpected ")"'],
  ['a\n  && )', '2:6 unexpected ")"'],
  ['"🙂" == "é" )', '1:12 unexpected ")"'],
  ['[a b]', '1:4 unexpected "b", expected "]"'],
  ['{a}', '1:3 unexpected "}", expected ":"'],
  ['a = b', '1:3 unexpected "=" (did you mean "=="?)'],
  ['f(a = b)', '1:5 unexpected "=" (did you mean "=="?)'],
  ['a and b', '1:3 unexpected "and" (did you mean "&&"?)'],
  ['a OR b', '1:3 unexpected "OR" (did you mean "||"?)'],
  ['not a', '1:1 unexpected "not" (did you mean "!"?)'],
  ['a & b', '1:3 unexpected "&" (did you mean "&&"?)'],
  ['a | b', '1:3 unexpected "|" (did you mean "||"?)'],
  ['a <> b', '1:3 unexpected "<>" (did you mean "!="?)'],
  ['a contains "b"', '1:3 unexpected "contains" (did you mean ".contains(…)"?)'],
  ['a; b', '1:2 unexpected ";"'],
  ['!-a', '1:2 unexpected "-"'],
  ['-!a', '1:2 unexpected "!"'],
  ['1a', '1:2 unexpected "a"'],
  ['a."b"', '1:3 unexpected "b"'],
  ['self.true', '1:6 "true" is a reserved word (did you mean ".`true`"?)'],
  ['a.?b()', '1:5 unexpected "("'],
  ['(a){}', '1:4 unexpected "{"'],
  ['a.`b', '1:3 this backquote is not closed'],
  ['a.`b$`', '1:3 between backquotes stand letters, digits, spaces and ". - _ /" only'],
  ['for', '1:1 "for" is a reserved word'],
];

for (const [source, told] of MISTAKES) {
  test(`mistake in ${JSON.stringify(source)}`, () => {
    const { at, message, suggestion } = problemOf(source);
    const { line, column } = positionOf(source, at);
    assert.equal(`${line}:${column} ${message}${suggestion === null ? '' : ` (${suggestion})`}`, told);
  });
}

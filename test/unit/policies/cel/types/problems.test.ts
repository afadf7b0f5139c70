import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Environment } from '../../../../../policies/cel/environment.ts';
import { INT, mapOf, STRING } from '../../../../../policies/cel/types/type.ts';
import { checked } from './checked.ts';

/** `offset: message (suggestion)` of each problem. */
function told(source: string, more: Partial<Environment> = {}): string[] {
  return checked(source, more).problems.map(
    ({ at, message, suggestion }) => `${at}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`,
  );
}

function table(cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.deepEqual(told(source), expected));
  }
}

describe('names', () => {
  table({
    unknown: ['0: unknown name "unknown" (a text needs quotes: "unknown")'],
    'strin.size()': ['0: unknown name "strin" (did you mean "string"?)'],
    'other.twice(1)': ['6: unknown function "other.twice"'],
    'strigs == []': ['0: unknown name "strigs" (did you mean "strings"?)'],
    '[1].all(item, itm > 1)': ['14: unknown name "itm" (did you mean "item"?)'],
    '[1].all(item, item > 1) && item': ['27: unknown name "item" (a text needs quotes: "item")'],
    '[1].map(ctx, ctx.user)': ['17: int has no fields'],
    __proto__: ['0: unknown name "__proto__"'],
  });
});

describe('fields', () => {
  table({
    'ctx.usr.name': ['4: ctx has no field "usr" (did you mean "user"?)'],
    'ctx.user.nam == 1': ['9: ctx.user has no field "nam" (did you mean "name"?)'],
    'ctx["usr"]': ['4: ctx has no field "usr" (did you mean "user"?)'],
    'ctx[?"usr"]': ['5: ctx has no field "usr" (did you mean "user"?)'],
    'ctx.?usr': ['5: ctx has no field "usr" (did you mean "user"?)'],
    'someone.nam': ['8: ctx.user has no field "nam" (did you mean "name"?)'],
    'has(ctx.user.nme)': ['13: ctx.user has no field "nme" (did you mean "name"?)'],
    'ctx.constructor': ['4: ctx has no field "constructor"'],
    's.length': ['2: string has no fields (write size(…))'],
    '[].length': ['3: list(dyn) has no fields (write size(…))'],
  });
});

describe('operators', () => {
  table({
    '1 + "a"': ['2: there is no operator + for (int, string)'],
    '1 + 1.5': ['2: there is no operator + for (int, double) (convert one of them: int(…) or double(…))'],
    '1 < 1.5': ['2: there is no operator < for (int, double) (convert one of them: int(…) or double(…))'],
    'ctx.user.groups == "a"': [
      '16: there is no operator == for (list(string), string) (ask whether it is in the list: "…" in list)',
    ],
    's == null': ['2: there is no operator == for (string, null) (ask whether it is there: has(…))'],
    'true != "true"': ['5: there is no operator != for (bool, string) (true and false have no quotes)'],
    '"5" < 6': ['4: there is no operator < for (string, int) (convert one of them: string(…) or int(…))'],
    'timestamp(0) > "x"': ['13: there is no operator > for (timestamp, string) (write timestamp("…"))'],
    '"a" in s': ['4: there is no operator in for (string, string) (write text.contains("…"))'],
    '-s': ['0: there is no operator - for (string)'],
    'strings["a"]': ['7: list(string) cannot be indexed with string'],
    'i[0]': ['1: int cannot be indexed with int'],
    'i && s': ['0: expected bool, but this is int', '5: expected bool, but this is string'],
    'i ? 1 : 2': ['0: expected bool, but this is int'],
    'true ? 1 : "a"': ['5: there is no operator ?: for (bool, int, string)'],
  });
});

describe('functions', () => {
  table({
    'siz(s)': ['0: unknown function "siz" (did you mean "size"?)'],
    's.startWith("a")': ['2: unknown function "startWith" (did you mean "startsWith"?)'],
    's.startsWith(1)': [
      '2: "startsWith" cannot be called like this: string.startsWith(int) (it has the form string.startsWith(string))',
    ],
    'startsWith(s, "a")': [
      '0: "startsWith" cannot be called like this: startsWith(string, string) (it has the form string.startsWith(string))',
    ],
    'ns.twice(s)': ['3: "ns.twice" cannot be called like this: ns.twice(string) (it has the form ns.twice(int))'],
    'ns.twic(1)': ['3: unknown function "ns.twic" (did you mean "ns.twice"?)'],
    'strings.exists(t)': ['8: "exists" is not written like this (write list.exists(item, condition))'],
    'has(ctx.user.name, 1)': ['0: "has" is not written like this (write has(value.field))'],
  });
});

describe('macros', () => {
  table({
    'i.all(t, true)': ['0: int is no list or map to go through'],
    'strings.all(t, 1)': ['15: expected bool, but this is int'],
    'strings.filter(t, 1)': ['18: expected bool, but this is int'],
    'strings.map(t, t + 1)': ['17: there is no operator + for (string, int)'],
  });
});

describe('literals', () => {
  table({
    '[?1]': ['2: expected optional_type(int), but this is int'],
    '{?"a": 1}': ['7: expected optional_type(int), but this is int'],
    '{[1]: 2}': ['1: a key of a map must be a string, int, uint or bool; this is list(int)'],
    'Msg{a: unknown}': [
      '3: Msg{…} cannot be constructed: there are no messages here',
      '7: unknown name "unknown" (a text needs quotes: "unknown")',
    ],
  });
});

test('all mistakes are told, in the order of the source', () => {
  assert.deepEqual(
    checked('foo(bar) || ctx.usr == 1 && 1 + "a" == baz').problems.map(({ at }) => at),
    [0, 4, 16, 30, 39],
  );
});

test('a name with a dash is told where the values are no numbers', () => {
  const variables = new Map([['texts', mapOf(STRING, STRING)] as const, ['scores', mapOf(STRING, INT)] as const]);
  const suggestion = 'this is read as a minus (a name with "-" stands in brackets: ["x-a"])';
  assert.deepEqual(told('texts.x-a == "1"', { variables }), [`7: ${suggestion}`]);
  assert.deepEqual(told('scores.x-scores.y == 1', { variables }), []);
  assert.deepEqual(told('texts.x - a == "1"', { variables }), ['10: unknown name "a" (a text needs quotes: "a")']);
});

test('what stands in parentheses before a dash is looked at once, however deep', () => {
  const deep = `${'('.repeat(30)}scores${'.x-i)'.repeat(30)}`;
  assert.ok(told(deep).length > 0);
});

test('what is free-form takes anything', () => {
  assert.deepEqual(told('ctx.user.attrs.x.y[0] + 1 == any.z && ctx.body.list.all(t, t > 1.5)'), []);
});

test('numbers of two types are compared where one is dynamic', () => {
  assert.deepEqual(told('any < 1.5 && i < any'), []);
});

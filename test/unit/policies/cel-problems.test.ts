import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freeMap } from '../../../policies/input/plain.ts';
import { engine } from './fixtures.ts';

interface Case {
  readonly source: string;
  readonly at: readonly [line: number, column: number];
  readonly message: RegExp;
  readonly suggestion?: RegExp;
}

const CASES: readonly Case[] = [
  { source: 'ctxt.user', at: [1, 1], message: /unknown name "ctxt"/, suggestion: /"ctx"/ },
  { source: 'attrs.x == 1', at: [1, 1], message: /unknown name "attrs"/ },
  { source: 'constructor', at: [1, 1], message: /unknown name "constructor"/ },
  { source: 'ctx.usr.metadata.name == "a"', at: [1, 5], message: /ctx has no field "usr"/, suggestion: /"user"/ },
  { source: 'ctx["usr"]', at: [1, 5], message: /ctx has no field "usr"/, suggestion: /"user"/ },
  { source: 'ctx.constructor', at: [1, 5], message: /ctx has no field "constructor"/ },
  { source: 'ctx["__proto__"]', at: [1, 5], message: /ctx has no field "__proto__"/ },
  { source: 'ctx.request.http.pth', at: [1, 18], message: /no field "pth"/, suggestion: /"path"/ },
  { source: 'true &&\n  ctx.usr', at: [2, 7], message: /no field "usr"/ },
  {
    source: 'ctx.user.kind.startWith("b")',
    at: [1, 15],
    message: /unknown function "startWith"/,
    suggestion: /startsWith/,
  },
  { source: 'net.isIp("x")', at: [1, 5], message: /unknown function "net.isIp"/, suggestion: /"net.isIP"/ },
  { source: 'foo(1)', at: [1, 1], message: /unknown function "foo"/ },
  {
    source: '"a".startsWith()',
    at: [1, 5],
    message: /cannot be called like this/,
    suggestion: /string.startsWith\(string\)/,
  },
  { source: 'has(ctx)', at: [1, 5], message: /has\(\) needs a field/ },
  { source: 'ctx.groups.all(1, true)', at: [1, 16], message: /a variable is declared here/ },
  { source: '"a".matches("(?=a)")', at: [1, 13], message: /RE2/ },
  { source: '9999999999999999999', at: [1, 1], message: /64 bits/ },
  { source: 'google.protobuf.Timestamp{}', at: [1, 26], message: /cannot be constructed/ },
  { source: 'a = b', at: [1, 3], message: /unexpected "="/, suggestion: /"=="/ },
  { source: 'true and false', at: [1, 6], message: /unexpected "and"/, suggestion: /"&&"/ },
  { source: '"abc', at: [1, 1], message: /not closed/ },
  { source: '(true', at: [1, 6], message: /ends too early/ },
  { source: '  ', at: [1, 3], message: /empty/ },
  { source: 'ctx.a.in', at: [1, 7], message: /reserved/ },
  { source: `"${'a'.repeat(10_000)}"`, at: [1, 1], message: /longer than 10000/ },
  { source: `${'('.repeat(4500)}1${')'.repeat(4500)}`, at: [1, 101], message: /nested too deeply/ },
];

describe('a mistake is found when the expression is compiled', () => {
  for (const { source, at, message, suggestion } of CASES) {
    test(source.slice(0, 60), () => {
      const compiled = engine.compile(source);
      assert.ok(!compiled.ok);
      assert.equal(compiled.problems.length, 1, 'one mistake is one problem');
      const [problem] = compiled.problems;
      assert.deepEqual([problem?.line, problem?.column], at);
      assert.match(problem?.message ?? '', message);
      if (suggestion !== undefined) assert.match(problem?.suggestion ?? '', suggestion);
    });
  }
});

test('several mistakes are reported at once', () => {
  const compiled = engine.compile('ctx.usr == 1 || foo(2) || bar');
  assert.ok(!compiled.ok);
  assert.deepEqual(
    compiled.problems.map((problem) => problem.column),
    [5, 17, 27],
  );
});

test('attrs are known where they are given, and constants of the program', () => {
  const withOne = engine.compile('attrs.n == 1.0', freeMap({ n: 1 }));
  const withTwo = engine.compile('attrs.n == 1.0', freeMap({ n: 2 }));
  assert.ok(withOne.ok && withTwo.ok && !engine.compile('attrs.n == 1.0').ok);
});

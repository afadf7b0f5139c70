import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYaml } from '../../../src/dialects/yaml.ts';
import type { Source } from '../../../src/model/index.ts';

const TEXT = `# a comment
kind: Policy
plain: ctx.user.name
single: 'a == "b"'
double: "a == 'b'"
escaped: "a == \\"b\\""
doubled: 'it''s'
literal: |
  first line
    second line
chomped: |-

  after an empty line
indented: |2
   text
folded: >
  one
  two

  four

    deeper
      still
  end
stripped: >-

  first
  second
several: one
  two

  three
broken: "one
  two \\
  \\  three\\u00e9\\x41 four"
astral: '"😀" == x'
keyed: |+
  a

  b

list:
  - zero
  - {inner: one}
empty:
anchor: &here {value: aliased}
alias: *here
`;

const source: Source = readYaml(TEXT, 'in.yaml').documents[0]!.source;

/** The text of the file from a place to the end of its line. */
function at({ line, column }: { line: number; column: number }): string {
  return TEXT.split('\n')[line - 1]!.slice(column - 1);
}

test('values and keys are found where they stand', () => {
  assert.equal(at(source.locate(['plain'])), 'ctx.user.name');
  assert.equal(at(source.locateKey(['plain'])), 'plain: ctx.user.name');
  assert.equal(at(source.locate(['list', 1, 'inner'])), 'one}');
  assert.equal(at(source.locateKey(['list', 1, 'inner'])), 'inner: one}');
  assert.equal(at(source.locateKey(['list', 1])), '{inner: one}');
  assert.equal(at(source.locate(['alias', 'value'])), 'aliased}');
});

test('what is not there is found at the nearest thing around it', () => {
  assert.equal(at(source.locate(['list', 1, 'missing', 'deeper'])), '{inner: one}');
  assert.equal(at(source.locate(['list', 7])), '- zero');
  assert.equal(source.locate(['nothing']).line, 2);
  assert.equal(at(source.locateKey(['empty'])), 'empty:');
});

for (const [key, line, column, expected] of [
  ['plain', 1, 5, 'user.name'],
  ['single', 1, 6, `"b"'`],
  ['double', 1, 6, `'b'"`],
  ['literal', 1, 7, 'line'],
  ['literal', 2, 3, 'second line'],
  ['chomped', 2, 7, 'an empty line'],
  ['indented', 1, 2, 'text'],
  ['alias', 1, 1, '{value: aliased}'],
  ['escaped', 1, 6, '\\"b\\""'],
  ['escaped', 1, 7, 'b\\""'],
  ['doubled', 1, 3, "''s'"],
  ['doubled', 1, 4, "s'"],
  ['folded', 1, 5, 'two'],
  ['folded', 2, 3, 'ur'],
  ['folded', 4, 3, 'deeper'],
  ['folded', 5, 5, 'still'],
  ['folded', 6, 1, 'end'],
  ['stripped', 2, 7, 'second'],
  ['several', 1, 5, 'two'],
  ['several', 2, 1, 'three'],
  ['broken', 1, 5, 'two \\'],
  ['broken', 1, 12, 'hree\\u00e9\\x41 four"'],
  ['broken', 1, 19, 'four"'],
  ['astral', 1, 5, "== x'"],
  ['keyed', 3, 1, 'b'],
] as const) {
  test(`line ${line}, column ${column} inside ${key} is exact`, () => {
    assert.equal(at(source.locateInText([key], line, column)), expected);
  });
}

test('a place that the text does not have falls back to its beginning', () => {
  for (const key of ['plain', 'literal', 'folded', 'broken']) {
    assert.deepEqual(source.locateInText([key], 99, 1), source.locate([key]));
    assert.deepEqual(source.locateInText([key], 1, 1000).file, 'in.yaml');
  }
});

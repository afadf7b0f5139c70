import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Excerpt, formatDiagnostic } from '../../../src/base/diagnostic.ts';

const HEAD = 'a.yaml:3:5: error: spec.match: wrong';

function format(excerpt?: Excerpt): string[] {
  const place = { file: 'a.yaml', line: 3, column: 5 };
  const what = { severity: 'error', path: 'spec.match', message: 'wrong', suggestion: null, resource: null } as const;
  return formatDiagnostic({ ...place, ...what, ...(excerpt !== undefined && { excerpt }) }).split('\n');
}

test('without an excerpt it is one line', () => {
  assert.deepEqual(format(), [HEAD]);
});

test('an excerpt follows, with a mark below its column', () => {
  assert.deepEqual(format({ text: 'ctx.usr', column: 5 }), [HEAD, '    ctx.usr', '        ^']);
  assert.deepEqual(format({ text: 'ctx.usr', column: 8 }), [HEAD, '    ctx.usr', '           ^']);
  assert.deepEqual(format({ text: '"😀" == x', column: 8 }), [HEAD, '    "😀" == x', '           ^']);
});

test('what a terminal would obey is blank', () => {
  const [, line] = format({ text: 'a\t\u001b[31mb\u202ec\u2028d\r', column: 1 });
  assert.equal(line, '    a  [31mb c d');
});

test('of a long line, what stands around the mark is shown', () => {
  const text = `${'a'.repeat(5000)}!${'b'.repeat(5000)}`;
  const [, line = '', mark = ''] = format({ text, column: 5001 });
  assert.ok(line.length < 120);
  assert.equal(line[mark.indexOf('^')], '!');
  assert.match(line, /^ {4}…a+!b+…$/);
});

test('a column behind the line is marked behind it', () => {
  const [, line = '', mark = ''] = format({ text: 'x'.repeat(200), column: 201 });
  assert.equal(mark.indexOf('^'), line.length);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrintedLines } from '../../../src/scripts/printed-lines.ts';

test('lines are put together from chunks; nothing in them moves a cursor', () => {
  const lines: string[] = [];
  const printed = new PrintedLines((line) => lines.push(line));
  for (const chunk of ['a', 'b\nc\u001b[2J\r', '\n\n', 'not yet']) printed.take(chunk);
  assert.deepEqual(lines, ['ab', 'c\\u001b[2J\\u000d']);
});

test('too many lines are cut short, and so is a line without end', () => {
  const lines: string[] = [];
  const printed = new PrintedLines((line) => lines.push(line));
  printed.take('x\n'.repeat(5_000));
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1), 'it writes more than is logged');
  for (let i = 0; i < 100; i += 1) printed.take('y'.repeat(10_000));
  assert.equal(lines.length, 21);
});

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { passLines } from '../../../src/main/supervisor/whole-lines.ts';

test('lines are passed on whole, however they come, and a torn last one is not', () => {
  const written: [string, number][] = [];
  const stream = new PassThrough();
  passLines(stream, { write: (lines, count) => void written.push([lines.toString(), count]) });
  const bytes = Buffer.from('one\ntwö\nthree\nfour');
  for (const byte of bytes) stream.emit('data', Buffer.of(byte));
  stream.emit('data', Buffer.from(' and\nfive\nsix'));
  assert.deepEqual(written, [
    ['one\n', 1],
    ['twö\n', 1],
    ['three\n', 1],
    ['four and\nfive\n', 2],
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../../bench/measure.ts';
import { parsePsLine, parseStat } from '../../bench/usage.ts';

test('a line of /proc/PID/stat, its name with blanks and brackets', () => {
  const stat = `42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 9 9 20 0 11 0 1234 99999 300 18446744073709551615`;
  assert.deepEqual(parseStat(stat), { pid: 42, parent: 7, cpu: 2, rss: 300 * 4096 });
});

test('lines of ps, on Linux and on macOS', () => {
  assert.deepEqual(parsePsLine('  42     7  2048 00:01:02'), { pid: 42, parent: 7, cpu: 62, rss: 2048 * 1024 });
  assert.deepEqual(parsePsLine('42 7 2048 2-01:00:00').cpu, 2 * 86_400 + 3600);
  assert.equal(parsePsLine('42 7 2048 1:02.50').cpu, 62.5);
});

test('the median of an odd and of an even number of values', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

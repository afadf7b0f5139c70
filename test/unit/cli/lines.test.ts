import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from '../../../src/cli/lines.ts';

async function* chunks(...texts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('lines come as soon as they are whole, the last one without its end', async () => {
  const lines = await gathered(linesOf(chunks('a\nb', 'c\n\nd', 'e')));
  assert.deepEqual(lines, [['a'], ['bc', ''], ['de']]);
});

test('a character may be cut in two', async () => {
  const bytes = Buffer.from('é🙂\n');
  const lines = await gathered(linesOf(chunks(bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4))));
  assert.deepEqual(lines, [['é🙂']]);
});

test('a line without end does not grow without end', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (let i = 0; i < 40; i++) yield Buffer.alloc(1024 * 1024, 'a');
    yield Buffer.from('\nb\n');
  }
  const [[long = '', next] = []] = await gathered(linesOf(endless()));
  assert.equal(long.length, 32 * 1024 * 1024);
  assert.equal(next, 'b');
});

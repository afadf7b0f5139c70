import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FileSource, isConfigFile } from '../../../src/control/sources/files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

interface Watched {
  readonly file: string;
  /** The texts that were there each time that the watch called. */
  readonly loads: string[];
  readonly failures: string[];
  /** The next calls reject with these. */
  readonly obstacles: string[];
}

async function watched(text: string): Promise<Watched> {
  const directory = temporaryDirectory();
  const file = join(directory, 'all.yaml');
  writeFileSync(file, text);
  const source = new FileSource([directory]);
  after(() => source.close());
  const [loads, failures, obstacles]: string[][] = [[], [], []];
  await source.read();
  source.watch(
    async () => {
      loads!.push((await source.read())[0]!.text);
      const obstacle = obstacles!.shift();
      if (obstacle !== undefined) throw new Error(obstacle);
    },
    (thrown) => failures!.push((thrown as Error).message),
  );
  return { file, loads: loads!, failures: failures!, obstacles: obstacles! };
}

test('a file that is written piece by piece is loaded once, when it is whole', async () => {
  const { file, loads } = await watched('a: 0\n');
  writeFileSync(file, 'a: 1\n');
  for (const piece of ['b: 2\n', 'c: 3\n', 'd: 4\n']) {
    appendFileSync(file, piece);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await until('a load', () => loads.length > 0);
  assert.deepEqual(loads, ['a: 1\nb: 2\nc: 3\nd: 4\n']);
});

test('a load that something else was in the way of is tried again without another change', async () => {
  const { file, loads, failures, obstacles } = await watched('a: 0\n');
  obstacles.push('the store is busy', 'the store is busy');
  writeFileSync(file, 'a: 1\n');
  await until('the third try', () => loads.length >= 3);
  assert.deepEqual(loads, ['a: 1\n', 'a: 1\n', 'a: 1\n']);
  assert.deepEqual(failures, ['the store is busy'], 'told once, not at every try');
});

test('what was loaded is not loaded again', async () => {
  const { file, loads } = await watched('a: 0\n');
  writeFileSync(file, 'a: 1\n');
  await until('a load', () => loads.length === 1);
  writeFileSync(file, 'a: 1\n');
  writeFileSync(file, 'a: 2\n');
  await until('the next load', () => loads.length > 1);
  assert.deepEqual(loads, ['a: 1\n', 'a: 2\n']);
});

test('tests of policies are no resources: they are read where they are asked for or named themselves', async () => {
  const directory = temporaryDirectory();
  for (const name of ['all.yaml', 'all.test.yaml', 'test.yaml'])
    writeFileSync(join(directory, name), `name: ${name}\n`);
  const namesOf = async (source: FileSource) =>
    (await source.read()).map(({ file }) => file.slice(directory.length + 1));
  assert.deepEqual(await namesOf(new FileSource([directory])), ['all.yaml', 'test.yaml']);
  assert.deepEqual(await namesOf(new FileSource([directory], [], isConfigFile)), [
    'all.test.yaml',
    'all.yaml',
    'test.yaml',
  ]);
  assert.deepEqual(await namesOf(new FileSource([join(directory, 'all.test.yaml')])), ['all.test.yaml']);
});

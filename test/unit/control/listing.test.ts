import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { isResourceFile, readConfigPaths } from '../../../src/control/sources/files.ts';
import { listPaths } from '../../../src/control/sources/listing.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Stems of each length: a prefix that is cut too long makes a short name look hidden, or a hidden one not. */
const STEMS = ['a', 'ns', 'xyz', 'four'];
const READ = [...STEMS, ...STEMS.map((stem) => `${stem}/${stem}`), 'a/b.c'].map((stem) => `${stem}.yaml`);
const HIDDEN = [
  '.e.yaml',
  '.ef.yaml',
  '..f.yaml',
  '.github/workflows/ci.yml',
  '..data/a.yaml',
  'a/.b/c.yaml',
  'a/.d.yml',
];

const parent = temporaryDirectory();
const root = join(parent, 'd');
const home = process.cwd();

function write(file: string, text = 'x: 1\n'): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

before(() => {
  for (const file of [...READ, ...HIDDEN, 'readme.md']) write(join(root, file));
  mkdirSync(join(parent, '.hidden'));
  mkdirSync(join(parent, 'e'));
  symlinkSync(root, join(parent, 'l'));
});
after(() => process.chdir(home));

/** Each spelling with the folder in which it means the same directory. */
const SPELLINGS: readonly (readonly [from: string, path: string])[] = [
  ...['.', './', './.', './/', './/.', '../d', '../d/', './../d/.', 'a/..', './a/../'].map(
    (path) => ['d', path] as const,
  ),
  ...['d', 'd/', 'd//', './d', './d/', './/d', 'd/.', 'd/./', './d/a/..', '.hidden/../d', 'l', './l/'].map(
    (path) => ['', path] as const,
  ),
  ...['../d', '../d/', './../d'].map((path) => ['e', path] as const),
  ...['/.', '/', '', '//', '/../d', '/./'].map((end) => ['', root + end] as const),
  ...['../../d', './../../d/.'].map((path) => ['d/a', path] as const),
];

for (const [from, path] of SPELLINGS) {
  test(`from "${from}", "${path.replace(root, '/ABSOLUTE')}" gives the files that the directory holds`, async () => {
    process.chdir(join(parent, from));
    const base = resolve(path);
    const { files, empty } = await listPaths([path], isResourceFile);
    assert.deepEqual(files.map((file) => relative(base, resolve(file))).sort(), [...READ].sort());
    assert.deepEqual(empty, []);
  });
}

test('a hidden directory that is named itself is read', async () => {
  process.chdir(parent);
  write('.hidden/a.yaml');
  for (const path of ['.hidden', './.hidden', '.hidden/']) {
    assert.deepEqual((await listPaths([path], isResourceFile)).files, ['.hidden/a.yaml'], path);
  }
});

test('a file that is named in several ways is read once', async () => {
  process.chdir(root);
  const { files } = await listPaths(['./a.yaml', '.', root, 'a/../a.yaml'], isResourceFile);
  assert.equal(files.length, READ.length);
  assert.equal(files[0], './a.yaml');
});

test('a directory without a file to read is an error, whatever else it holds', async () => {
  const directory = temporaryDirectory();
  write(join(directory, '.a.yaml'));
  write(join(directory, 'a.test.yaml'));
  await assert.rejects(readConfigPaths([root, directory]), { message: `no YAML files in ${directory}` });
});

test("a gateway's own state is left out wherever its data directory is, and whatever it is called", async () => {
  const directory = temporaryDirectory();
  for (const file of ['a.yaml', 'keys.json', 'data/keys.json', 'var/x/keys.json', 'var/x/policy.yaml']) {
    write(join(directory, file));
  }
  write(join(directory, 'var/x/ostiary.db'), '');
  write(join(directory, 'ostiary.db'), '');
  const { files } = await listPaths([directory], isResourceFile);
  assert.deepEqual(
    files.map((file) => relative(directory, file)),
    ['a.yaml', 'data/keys.json', 'var/x/policy.yaml'],
    'a folder that is no data directory may hold such a name',
  );
});

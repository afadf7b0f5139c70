import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importsOf, ROOT, sourceFiles } from './source.ts';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

test('the lock file names every package of every platform, or npm ci refuses a fresh clone', () => {
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !packages.some(([other]) => other.endsWith(`node_modules/${name}`)))
      .map((name) => `${path} wants ${name}`),
  );
  assert.deepEqual(missing, []);
});

test('what runs in production is about 30 packages at most, none with an install script', () => {
  const production = packages.filter(([, { dev, optional }]) => dev !== true && optional !== true);
  assert.ok(production.length <= 30, `${production.length} packages`);
  assert.deepEqual(
    production.filter(([, { hasInstallScript }]) => hasInstallScript === true),
    [],
  );
});

test('every package that the product imports is a dependency, not something that tests brought along', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const used = sourceFiles()
    .filter((file) => !file.startsWith('src/dev/'))
    .flatMap((file) => importsOf(file).filter((i) => !i.local && !i.to.startsWith('node:')))
    .map((i) => (i.to.startsWith('@') ? i.to.split('/').slice(0, 2).join('/') : i.to.split('/')[0]));
  const undeclared = [...new Set(used)].filter((name) => !Object.hasOwn(dependencies, name as string));
  assert.deepEqual(undeclared, []);
});

test('ARCHITECTURE.md says why of every package', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const [, table = ''] = /## Packages\n([\s\S]*?)\n## /.exec(page) ?? [];
  const unexplained = Object.keys(dependencies).filter((name) => !table.includes(name.replace('@bufbuild/', '')));
  assert.deepEqual(unexplained, []);
});

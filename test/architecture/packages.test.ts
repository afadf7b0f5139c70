import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Import, importsOf, ROOT, sourceFiles } from './source.ts';

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

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const productFiles = sourceFiles().filter((file) => !file.startsWith('src/dev/'));

function packageOf({ to }: Import): string {
  return to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/');
}

test('every package that the product imports is a dependency, not something that tests brought along', () => {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  const used = productFiles
    .flatMap((file) => importsOf(file).filter((i) => !i.local && !i.to.startsWith('node:')))
    .map(packageOf);
  const undeclared = [...new Set(used)].filter((name) => !Object.hasOwn(declared, name));
  assert.deepEqual(undeclared, []);
});

test('what operators install themselves is optional, and imported when it is needed only', () => {
  const optional = Object.keys(manifest.peerDependencies);
  assert.deepEqual(
    optional.filter((name) => manifest.peerDependenciesMeta[name]?.optional !== true),
    [],
  );
  const early = productFiles.flatMap((file) =>
    importsOf(file)
      .filter((i) => !i.typeOnly && !i.lazy && optional.includes(packageOf(i)))
      .map(({ to }) => `${file} imports ${to}`),
  );
  assert.deepEqual(early, []);
});

test('ARCHITECTURE.md says why of every package', () => {
  const { dependencies, peerDependencies } = manifest;
  const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const [, table = ''] = /## Packages\n([\s\S]*?)\n## /.exec(page) ?? [];
  const unexplained = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !table.includes(name));
  assert.deepEqual(unexplained, []);
});

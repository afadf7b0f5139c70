/** The file of `ostiary login`, against others on the same machine. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TokenFile } from '../../src/cli/login/token-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LOGIN = { accessToken: 'ost_at_x', expiresAt: '2100-01-01T00:00:00.000Z' };
const SERVER = 'https://gate.example';

function fileIn(home: string): TokenFile {
  return new TokenFile({ env: { HOME: home, XDG_CONFIG_HOME: home } }, 'linux');
}

test('only its owner reads it, whatever was there before', () => {
  const file = fileIn(temporaryDirectory());
  file.put(SERVER, LOGIN);
  chmodSync(file.path, 0o644);
  file.put(SERVER, LOGIN);
  assert.equal(statSync(file.path).mode & 0o777, 0o600);
  assert.equal(statSync(join(file.path, '..')).mode & 0o777, 0o700);
});

test('a link in its place is replaced and not followed', () => {
  const home = temporaryDirectory();
  const file = fileIn(home);
  const elsewhere = join(home, 'elsewhere.json');
  writeFileSync(elsewhere, '{}');
  mkdirSync(join(home, 'ostiary'), { mode: 0o700 });
  symlinkSync(elsewhere, file.path);
  symlinkSync(elsewhere, `${file.path}.${process.pid}`);
  file.put(SERVER, LOGIN);
  assert.equal(readFileSync(elsewhere, 'utf8'), '{}');
  assert.deepEqual(file.get(SERVER), LOGIN);
});

test('a directory in which others can put files, or which is a link, gets no token', () => {
  const home = temporaryDirectory();
  mkdirSync(join(home, 'ostiary'));
  for (const mode of [0o777, 0o770]) {
    chmodSync(join(home, 'ostiary'), mode);
    assert.throws(() => fileIn(home).put(SERVER, LOGIN), { code: 'refused' });
  }
  const other = temporaryDirectory();
  chmodSync(join(home, 'ostiary'), 0o700);
  symlinkSync(join(home, 'ostiary'), join(other, 'ostiary'));
  assert.throws(() => fileIn(other).put(SERVER, LOGIN), { code: 'refused' });
});

test('nothing is found under names that every object has', () => {
  const file = fileIn(temporaryDirectory());
  file.put(SERVER, LOGIN);
  for (const name of ['__proto__', 'constructor', 'toString']) assert.equal(file.get(name), null);
});

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RegoFolder } from '../../../../policies/rego/compiler/cache.ts';
import { createRegoCompiler } from '../../../../policies/rego/compiler/compiler.ts';
import { OpaProgram } from '../../../../policies/rego/compiler/opa.ts';
import { CONDITION } from '../../../../policies/rego/use.ts';
import { wasmOf } from './fixtures.ts';

const root = mkdtempSync(join(tmpdir(), 'ostiary-test-'));
after(() => rmSync(root, { recursive: true }));

const MATCH = 'octelium/condition/match';
const KEY = { source: 'package octelium.condition', entrypoint: MATCH, version: '1.0.0' };
const ENTRY = { wasm: wasmOf('number'), paths: [['ctx', 'user'], []] };

test('what was compiled is found again, by source, entrypoint and version', () => {
  const cache = new RegoFolder(join(root, 'a'));
  assert.equal(cache.get(KEY), null);
  cache.set(KEY, ENTRY);
  assert.deepEqual(cache.get(KEY)?.paths, ENTRY.paths);
  assert.deepEqual(Buffer.from(cache.get(KEY)?.wasm ?? []), ENTRY.wasm);
  for (const other of [{ source: 'x' }, { entrypoint: 'x' }, { version: '2.0.0' }]) {
    assert.equal(cache.get({ ...KEY, ...other }), null);
  }
});

test('nobody else may read or change it', () => {
  const folder = join(root, 'a');
  const [name] = readdirSync(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, name!)).mode & 0o777, 0o600);
});

test('without the opa program what was compiled before serves on', () => {
  const cache = new RegoFolder(join(root, 'b'));
  const compiler = createRegoCompiler(new OpaProgram('/nowhere/opa'), cache);
  const missing = compiler.compile(KEY.source, CONDITION.form);
  assert.ok(!missing.ok);
  assert.match(missing.problems[0]!.message, /needs the opa program .*OSTIARY_OPA/);
  cache.set(KEY, ENTRY);
  assert.equal(compiler.compile(KEY.source, CONDITION.form).ok, true);
});

test('a file that is damaged counts as none, and a folder that cannot be written is no error', () => {
  const cache = new RegoFolder(join(root, 'c'));
  cache.set(KEY, ENTRY);
  for (const name of readdirSync(join(root, 'c'))) writeFileSync(join(root, 'c', name), 'no json\n');
  assert.equal(cache.get(KEY), null);
  const nowhere = new RegoFolder(join(root, 'nowhere', 'c'));
  nowhere.set(KEY, ENTRY);
  assert.equal(nowhere.get(KEY), null);
});

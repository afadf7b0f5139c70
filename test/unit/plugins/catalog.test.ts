import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CATALOG } from '../../../src/plugins/catalog.ts';
import { PLUGINS } from '../../../src/plugins/loaded.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('what is in the catalogue can be loaded', () => {
  assert.deepEqual(Object.keys(PLUGINS), Object.keys(CATALOG));
  for (const plugin of Object.values(PLUGINS)) assert.equal(typeof plugin.create, 'function');
});

for (const name of Object.keys(CATALOG)) {
  test(`${name}: its page has an example and says what every field is for`, () => {
    const folder = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const file = join(ROOT, 'src/plugins', folder, 'README.md');
    assert.ok(existsSync(file), `${file} is missing`);
    const page = readFileSync(file, 'utf8');
    assert.match(page, new RegExp(`^ +${name}:`, 'm'), 'an example');
    const { properties } = CATALOG[name as keyof typeof CATALOG].schema as { properties: Record<string, unknown> };
    for (const field of Object.keys(properties)) assert.ok(page.includes(`\`${field}`), `${field} is not explained`);
  });
}

test('every plugin has a test', () => {
  const tests = globSync('test/{unit/plugins,e2e/plugins}/*.test.ts', { cwd: ROOT }).join(' ');
  for (const name of Object.keys(CATALOG)) {
    const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    assert.ok(tests.includes(`/${file}.test.ts`), `${file}.test.ts is missing`);
  }
});

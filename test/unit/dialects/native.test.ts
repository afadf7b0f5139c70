import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { nativeDialect } from '../../../src/dialects/native/native.ts';
import { readNative } from '../../../src/dialects/native/read.ts';
import { checkAll, secretData } from '../../../src/model/index.ts';

const SOUND = join(import.meta.dirname, '../../golden/native');
const OPTIONS = { unknownSecret: 'warning', secrets: () => false } as const;

test('server-owned parts are ignored, so that what get prints can be applied again', () => {
  const text =
    'kind: Group\nmetadata: {name: dev, uid: 5, createdAt: [], isSystem: true}\nspec: {}\nstatus: nonsense\n';
  const { resources, diagnostics } = readNative(text, 'f');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(resources[0]?.resource, { kind: 'Group', metadata: { name: 'dev' }, spec: {} });
});

test('a spec that nobody needs to write may be empty or left out', () => {
  const { resources, diagnostics } = readNative(
    'kind: Group\nmetadata: {name: a1}\nspec:\n---\nkind: Group\nmetadata: {name: a2}\n',
    'f',
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    resources.map(({ resource }) => resource.spec),
    [{}, {}],
  );
});

test('a Service of the default Namespace gets its short name', () => {
  const text =
    'kind: Service\nmetadata: {name: api.default}\nspec: {mode: HTTP, config: {upstream: {url: "http://a"}}}';
  assert.equal(readNative(text, 'f').resources[0]?.resource.metadata.name, 'api');
});

for (const data of ['{value: marker-4711}', `{valueBytes: ${Buffer.from('marker-4711').toString('base64')}}`]) {
  test(`the value of a Secret is closed: ${data.slice(1, 6)}`, () => {
    const read = readNative(`kind: Secret\nmetadata: {name: one}\ndata: ${data}`, 'f');
    const { resource } = read.resources[0]!;
    assert.ok(resource.kind === 'Secret');
    assert.equal(secretData(resource)?.reveal(), 'marker-4711');
    assert.doesNotMatch(JSON.stringify(read.resources) + inspect(resource, { depth: 9 }), /marker/);
  });
}

test('text that is not YAML gives nothing but its syntax errors', () => {
  const read = readNative('kind: Group\nmetadata: {name: dev}\n---\nkind: [', 'f');
  assert.ok(read.unreadable);
  assert.deepEqual([read.resources, read.broken], [[], []]);
  assert.equal(read.diagnostics.length, 1);
});

test('a broken document leaves the others alone', () => {
  const read = readNative('kind: Group\nmetadata: {name: dev, x: 1}\n---\nkind: Group\nmetadata: {name: prod}\n', 'f');
  assert.deepEqual(
    read.resources.map(({ resource }) => resource.metadata.name),
    ['prod'],
  );
  assert.deepEqual(
    read.broken.map(({ name }) => name),
    ['dev'],
  );
  assert.equal(read.diagnostics[0]?.resource, 'Group/dev');
});

test('an unknown Secret is as grave as the caller says', () => {
  const text = readFileSync(join(SOUND, 'api-with-upstream-credentials.yaml'), 'utf8');
  const { resources } = readNative(text, 'f');
  const severities = (unknownSecret: 'error' | 'warning', there: boolean) =>
    checkAll(resources, { unknownSecret, secrets: () => there }).map((one) => one.severity);
  assert.deepEqual(severities('error', false), ['error', 'error']);
  assert.deepEqual(severities('warning', false), ['warning', 'warning']);
  assert.deepEqual(severities('error', true), []);
});

test('the native language is recognised by kind and API version', () => {
  assert.ok(nativeDialect.recognises({ kind: 'Service' }));
  assert.ok(nativeDialect.recognises({ kind: 'Sevice', apiVersion: 'core/v1' }));
  assert.ok(!nativeDialect.recognises({ kind: 'APIRule', apiVersion: 'gateway.example.org/v2' }));
  assert.ok(!nativeDialect.recognises([]));
});

test('names of the JavaScript object model are unknown keys like any other', () => {
  const text =
    'kind: Group\nmetadata: {name: dev}\n__proto__: {x: 1}\nspec: {constructor: 1, attrs: {hasOwnProperty: 2}}\n';
  const messages = readNative(text, 'f').diagnostics.map((one) => `${one.path}: ${one.message}`);
  assert.deepEqual(messages, ['__proto__: unknown key "__proto__"', 'spec.constructor: unknown key "constructor"']);
});

for (const file of readdirSync(SOUND)) {
  test(`${file} cut off anywhere is read without a throw, and everything said about it has a place`, () => {
    const text = readFileSync(join(SOUND, file), 'utf8');
    const lines = text.split('\n').length;
    for (let end = 0; end < text.length; end += 7) {
      const read = readNative(text.slice(0, end), file);
      const said = [...read.diagnostics, ...checkAll(read.resources, { ...OPTIONS, broken: read.broken })];
      assert.ok(said.every((one) => one.line >= 1 && one.line <= lines && one.column >= 1));
    }
  });
}

test('whatever a document holds, reading it does not throw', () => {
  const kinds = fc.constantFrom('Service', 'User', 'Policy', 'Secret', 'ClusterConfig', 'IdentityProvider', 'toString');
  const spec = fc.object({
    key: fc.constantFrom('mode', 'config', 'rules', 'match', 'paths', 'hosts', 'condition', '__proto__', 'x'),
  });
  fc.assert(
    fc.property(kinds, spec, fc.jsonValue(), (kind, some, data) => {
      const read = readNative(stringify({ kind, metadata: { name: 'dev' }, spec: some, data }), 'f');
      checkAll(read.resources, { ...OPTIONS, broken: read.broken });
    }),
  );
});

test('many keys and many documents do not hold everything up', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `    k${i}: v`).join('\n');
  const repeated = readNative(`kind: Group\nmetadata:\n  name: g\n  labels:\n${keys}\n    k7: w\nspec: {}`, 'f');
  assert.ok(repeated.diagnostics.some(({ path, line }) => path === 'metadata.labels.k7' && line === 20_005));
  const many = readNative('a: 1\n---\n'.repeat(10_001), 'f');
  assert.equal(many.unreadable, true);
  assert.match(many.diagnostics[0]!.message, /more than 10000 documents/);
});

test('a document of an unknown or unclear kind makes the text unreadable', () => {
  for (const text of ['kind: ClusterConfg', 'kind: Session', 'kind: Group\nkind: Policy', '- 1', 'metadata: {}']) {
    assert.equal(readNative(text, 'f').unreadable, true, text);
  }
});

test('one unclosed bracket is one mistake', () => {
  assert.equal(readNative('kind: Group\nmetadata: {name: [a, b\nspec: {}\nx: 1\n', 'f').diagnostics.length, 1);
});

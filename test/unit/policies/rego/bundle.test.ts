import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readBundle } from '../../../../policies/rego/bundle/bundle.ts';
import { loadBundle } from '../../../../policies/rego/bundle/slot.ts';
import { readTar } from '../../../../policies/rego/tar.ts';
import { AppError } from '../../../../src/base/errors.ts';
import { type Entry, tar } from './archive.ts';

const BUNDLES = new URL('../../../fixtures/opa-bundles/', import.meta.url);
const UNSIGNED = readFileSync(new URL('unsigned.tar.gz', BUNDLES));
const FILES = new Map(readTar(gunzipSync(UNSIGNED)).map(({ name, bytes }) => [name, bytes]));
const WASM: Entry = { name: 'policy.wasm', bytes: FILES.get('policy.wasm')! };

const bundle = (...entries: readonly Entry[]) => readBundle(gzipSync(tar(WASM, ...entries)), null);
const dataOf = (...entries: readonly Entry[]) => JSON.parse(bundle(...entries).data.toString()) as unknown;
const json = (name: string, value: unknown): Entry => ({ name, bytes: JSON.stringify(value) });

test('a bundle of opa build: revision, entrypoints, data that keep their digits', () => {
  const read = readBundle(UNSIGNED, null);
  assert.equal(read.revision, 'rev-1');
  assert.deepEqual(
    read.entrypoints.map(({ entrypoint }) => entrypoint),
    ['authz/allow', 'authz/reason', 'authz/never', 'authz/public'],
  );
  assert.match(read.data.toString(), /12345678901234567890/);
});

test('its policies answer', () => {
  const { modules } = loadBundle(readBundle(UNSIGNED, null));
  const ask = (entrypoint: string, name: string) => {
    const input = { ctx: { request: { http: { method: 'GET' } }, user: { metadata: { name } } } };
    return modules.get(entrypoint)?.evaluate(entrypoint, Buffer.from(JSON.stringify(input)), 0);
  };
  assert.deepEqual(ask('authz/allow', 'alice'), { kind: 'value', value: true });
  assert.deepEqual(ask('authz/allow', 'mallory'), { kind: 'value', value: false });
  assert.deepEqual(ask('authz/reason', 'alice'), { kind: 'value', value: 'owner' });
  assert.deepEqual(ask('authz/never', 'alice'), { kind: 'undefined' });
});

test('a bare module is a bundle without data; its entrypoints are its own', () => {
  const { modules } = loadBundle(readBundle(Buffer.from(WASM.bytes!), null));
  assert.deepEqual([...modules.keys()].sort(), ['authz/allow', 'authz/never', 'authz/public', 'authz/reason']);
});

test('data of folders stand below their names, and go together', () => {
  const read = dataOf(json('data.json', { a: { x: 1 } }), json('a/b/data.json', { y: 2 }), json('c/data.json', {}));
  assert.deepEqual(read, { a: { x: 1, b: { y: 2 } }, c: {} });
});

test('no name of a file or key reaches a prototype', () => {
  const entries = [
    { name: '__proto__/data.json', bytes: '{"polluted":1}' },
    { name: 'constructor/prototype/data.json', bytes: '{"polluted":1}' },
    { name: 'a/data.json', bytes: '{"__proto__":{"polluted":1},"constructor":{"polluted":1}}' },
    { name: 'a/constructor/data.json', bytes: '{"more":1}' },
  ];
  bundle(...entries);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

const unusable: readonly (readonly [string, readonly Entry[], RegExp])[] = [
  ['two files for one value', [json('data.json', { a: 1 }), json('a/data.json', {})], /two files/],
  ['data that are no object', [{ name: 'data.json', bytes: '[]' }], /not a JSON object/],
  ['data that are no JSON', [{ name: 'data.json', bytes: '{' }], /not JSON/],
  ['data in YAML', [{ name: 'a/data.yaml', bytes: 'a: 1' }], /opa build/],
  ['a manifest that is no JSON', [{ name: '.manifest', bytes: '{' }], /manifest/],
  ['roots that are no list', [json('.manifest', { roots: 'a' })], /roots/],
  ['a root that is no text', [json('.manifest', { roots: [1] })], /root/],
  ['a module that is not there', [json('.manifest', { wasm: [{ entrypoint: 'a', module: '/x.wasm' }] })], /x\.wasm/],
  ['data outside of the roots', [json('.manifest', { roots: ['a/b'] }), json('data.json', { a: { c: 1 } })], /"a\/c"/],
  ['more data outside', [json('.manifest', { roots: ['ab'] }), json('data.json', { abc: 1 })], /"abc"/],
];
for (const [what, entries, message] of unusable) {
  test(`${what}: refused`, () => {
    assert.throws(
      () => bundle(...entries),
      (thrown) => thrown instanceof AppError && message.test(thrown.message),
    );
  });
}

test('data within the roots', () => {
  const roots = json('.manifest', { roots: ['/a/b/', 'c'] });
  assert.deepEqual(dataOf(roots, json('a/b/data.json', { x: 1 }), json('c/data.json', { y: 2 })), {
    a: { b: { x: 1 } },
    c: { y: 2 },
  });
});

test('nothing compiled, an archive that is none, and a bomb', () => {
  const refuses = (bytes: Buffer, message: RegExp) =>
    assert.throws(
      () => readBundle(bytes, null),
      (thrown) => thrown instanceof AppError && message.test(thrown.message),
    );
  refuses(gzipSync(tar(json('data.json', {}))), /opa build -t wasm/);
  refuses(Buffer.from('garbage'), /archive/);
  refuses(Buffer.from([0x1f, 0x8b, 1, 2, 3]), /unpacked/);
  refuses(gzipSync(Buffer.alloc(65 * 1024 * 1024)), /unpacked/);
});

test('a module that is none, or does not answer what the manifest says', () => {
  const wasm = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  assert.throws(() => loadBundle(readBundle(wasm, null)), AppError);
  const manifest = json('.manifest', { wasm: [{ entrypoint: 'authz/other', module: '/policy.wasm' }] });
  assert.throws(() => loadBundle(bundle(manifest)), /authz\/other/);
});

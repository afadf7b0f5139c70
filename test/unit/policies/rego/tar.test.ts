import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readArchive } from '../../../../policies/rego/archive.ts';
import { readTar } from '../../../../policies/rego/tar.ts';
import { AppError } from '../../../../src/base/errors.ts';
import { tar } from './archive.ts';

const names = (archive: Buffer) => readTar(archive).map(({ name, bytes }) => `${name}=${bytes.toString()}`);

test('files, whatever their names begin with; directories are no files', () => {
  const archive = tar(
    { name: '/data.json', bytes: '{}' },
    { name: './a/b.wasm', bytes: 'x'.repeat(600) },
    { name: 'a/', type: '5' },
    { name: '.manifest' },
  );
  assert.deepEqual(names(archive), ['data.json={}', `a/b.wasm=${'x'.repeat(600)}`, '.manifest=']);
});

test('long names, as pax and as GNU tar write them', () => {
  const long = `${'d/'.repeat(80)}data.json`;
  const record = ` path=${long}\n`;
  const pax = `${record.length + 3}${record}`;
  assert.deepEqual(names(tar({ name: 'x', type: 'x', bytes: pax }, { name: 'short', bytes: '1' })), [`${long}=1`]);
  assert.deepEqual(names(tar({ name: 'L', type: 'L', bytes: `${long}\0` }, { name: 's', bytes: '1' })), [`${long}=1`]);
});

const refused: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a name that leads out', tar({ name: 'a/../../etc/passwd' }), /unsafe/],
  ['a name with a backslash', tar({ name: '..\\x' }), /unsafe/],
  ['a name with a control character', tar({ name: 'a\nb' }), /unsafe/],
  ['a symbolic link', tar({ name: 'data.json', type: '2' }), /neither a file/],
  ['a hard link', tar({ name: 'data.json', type: '1' }), /neither a file/],
  ['the same name twice', tar({ name: 'data.json' }, { name: '/data.json' }), /twice/],
  ['a size beyond the end', tar({ name: 'data.json', size: '77777777777\0' }), /cut off/],
  ['a size that is not octal', tar({ name: 'data.json', size: '-0000000001\0' }), /octal/],
  ['a wrong checksum', Buffer.concat([Buffer.from('x'), tar({ name: 'a' }).subarray(1)]), /checksum/],
  ['half a header', tar({ name: 'a' }).subarray(0, 300), /cut off/],
  ['no archive', Buffer.alloc(512, 'garbage'), /octal|checksum/],
  ['a malformed extended header', tar({ name: 'x', type: 'x', bytes: '0 path=a\n' }), /malformed/],
  ['another size in an extended header', tar({ name: 'x', type: 'x', bytes: '9 size=1\n' }), /sizes/],
  ['thousands of entries', tar(...Array.from({ length: 4097 }, (_, i) => ({ name: `f${i}` }))), /4096/],
];
for (const [what, archive, message] of refused) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => readTar(archive),
      (thrown) => thrown instanceof AppError && message.test(thrown.message),
    );
  });
}

test('an archive that is cut off anywhere is refused or has fewer files, and nothing else happens', () => {
  const archive = tar({ name: 'data.json', bytes: '{"a":1}' }, { name: 'policy.wasm', bytes: 'x'.repeat(700) });
  for (let end = 0; end < archive.length; end += 37) {
    try {
      readTar(archive.subarray(0, end));
    } catch (thrown) {
      assert.ok(thrown instanceof AppError);
    }
  }
});

test('an archive is read compressed or not', () => {
  const archive = tar({ name: 'data.json', bytes: '{}' });
  for (const bytes of [archive, gzipSync(archive)]) {
    assert.deepEqual(readArchive(bytes), [{ name: 'data.json', bytes: Buffer.from('{}') }]);
  }
});

test('an archive that is spoilt or unpacks to too much is refused', () => {
  for (const bytes of [Buffer.from([0x1f, 0x8b, 1, 2, 3]), gzipSync(Buffer.alloc(65 * 1024 * 1024))]) {
    assert.throws(() => readArchive(bytes), /^AppError: the archive cannot be unpacked to 67108864 bytes or less$/);
  }
});

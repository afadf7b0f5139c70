import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** A data directory with a ring in it. */
function withRing(): { directory: string; file: string; ring: KeyRing } {
  const directory = temporaryDirectory();
  return { directory, file: join(directory, 'keys.json'), ring: KeyRing.open(directory) };
}

describe('a new key ring', () => {
  it('is a file that only its owner can read, in a directory of the same kind', () => {
    const directory = join(temporaryDirectory(), 'data');
    KeyRing.open(directory);
    assert.equal(modeOf(directory), 0o700);
    assert.equal(modeOf(join(directory, 'keys.json')), 0o600);
    assert.deepEqual(readdirSync(directory), ['keys.json']);
  });

  it('has a 256-bit key, and is the same ring when opened again', () => {
    const { directory, ring } = withRing();
    assert.equal(ring.current().key.symmetricKeySize, 32);
    const again = KeyRing.open(directory).current();
    assert.equal(again.id, ring.current().id);
    assert.ok(again.key.equals(ring.current().key));
  });

  it('does not print its keys', () => {
    const { file, ring } = withRing();
    const key: string = JSON.parse(readFileSync(file, 'utf8')).keys[0].key;
    const printed = [
      inspect(ring.current(), { depth: 9, showHidden: true }),
      JSON.stringify(ring.current()),
      inspect(ring),
    ];
    for (const text of printed) assert.ok(!text.includes(key), text);
  });
});

describe('rotation', () => {
  it('adds a key, makes it current and keeps the others', () => {
    const { directory, file, ring } = withRing();
    const before = ring.current();
    const id = ring.rotate();
    assert.notEqual(id, before.id);
    assert.equal(ring.current().id, id);
    assert.ok(KeyRing.open(directory).find(before.id)?.key.equals(before.key));
    assert.equal(modeOf(file), 0o600);
    assert.deepEqual(readdirSync(directory), ['keys.json']);
  });

  it('is seen by a running ring: by its new key id, and before it seals', () => {
    const { directory, ring } = withRing();
    const other = KeyRing.open(directory);
    const first = other.rotate();
    assert.equal(ring.find(first)?.id, first);
    const second = other.rotate();
    assert.equal(ring.current().id, second);
  });

  it('is refused while another one is under way, and loses nothing', () => {
    const { file, ring } = withRing();
    const before = readFileSync(file, 'utf8');
    writeFileSync(`${file}.new`, '');
    assert.throws(() => ring.rotate(), { code: 'conflict', message: /keys\.json\.new/ });
    assert.equal(readFileSync(file, 'utf8'), before);
    rmSync(`${file}.new`);
    ring.rotate();
  });

  it('leaves no lock behind when it fails', () => {
    const { directory, file, ring } = withRing();
    writeFileSync(file, 'damaged');
    assert.throws(() => ring.rotate(), { code: 'refused' });
    assert.deepEqual(readdirSync(directory), ['keys.json']);
  });
});

describe('a key ring refuses', () => {
  const ways: readonly [string, (file: string) => void, RegExp][] = [
    ['a file that the group can read', (file) => chmodSync(file, 0o640), /chmod 600/],
    ['a file that everybody can read', (file) => chmodSync(file, 0o604), /chmod 600/],
    ['a symbolic link', replaceByLink, /symbolic link/],
    ['a directory in its place', replaceByDirectory, /not a plain file/],
    ['text that is not JSON', rewrite(() => 'keys'), /backup/],
    ['an empty file', rewrite(() => ''), /backup/],
    ['a file that was cut off', rewrite((text) => text.slice(0, -10)), /backup/],
    ['another version', edit((ring) => ({ ...ring, version: 2 })), /backup/],
    ['no keys', edit((ring) => ({ ...ring, keys: [] })), /backup/],
    ['an unknown current key', edit((ring) => ({ ...ring, current: 'x' })), /backup/],
    ['the same key twice', edit((ring) => ({ ...ring, keys: [...ring.keys, ...ring.keys] })), /backup/],
    ['a short key', edit((ring) => withKey(ring, Buffer.alloc(16).toString('base64url'))), /backup/],
    ['a key in other letters', edit((ring) => withKey(ring, `${ring.keys[0]?.key}=`)), /backup/],
  ];
  for (const [name, spoil, expected] of ways) {
    it(name, () => {
      const { directory, file } = withRing();
      spoil(file);
      assert.throws(() => KeyRing.open(directory), { code: 'refused', message: expected });
    });
  }

  it('without quoting the keys', () => {
    const { directory, file } = withRing();
    const key: string = JSON.parse(readFileSync(file, 'utf8')).keys[0].key;
    writeFileSync(file, `x${readFileSync(file, 'utf8')}`);
    assert.throws(
      () => KeyRing.open(directory),
      (error) => !inspect(error, { depth: 9 }).includes(key.slice(0, 8)),
    );
  });

  it('a directory that others can write, or that is a link', () => {
    const { directory } = withRing();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(directory, link);
    assert.throws(() => KeyRing.open(link), { code: 'refused', message: /symbolic link/ });
    chmodSync(directory, 0o770);
    assert.throws(() => KeyRing.open(directory), { code: 'refused', message: /chmod 700/ });
  });

  it('to go on sealing when the file is gone, but still opens with the keys it has', () => {
    const { file, ring } = withRing();
    const { id } = ring.current();
    rmSync(file);
    assert.throws(() => ring.current(), { code: 'unavailable', message: /backup/ });
    assert.equal(ring.find(id)?.id, id);
  });
});

interface KeyFile {
  readonly version: number;
  readonly current: string;
  readonly keys: readonly { readonly id: string; readonly createdAt: string; readonly key: string }[];
}

function withKey(ring: KeyFile, key: string): KeyFile {
  return { ...ring, keys: ring.keys.map((one) => ({ ...one, key })) };
}

function rewrite(change: (text: string) => string): (file: string) => void {
  return (file) => writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function edit(change: (ring: KeyFile) => unknown): (file: string) => void {
  return rewrite((text) => JSON.stringify(change(JSON.parse(text))));
}

function replaceByLink(file: string): void {
  renameSync(file, `${file}.real`);
  symlinkSync(`${file}.real`, file);
}

function replaceByDirectory(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

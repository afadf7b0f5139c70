import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import type { SealedSecret } from '../../../src/secrets/ports.ts';
import { open, rewrap, seal } from '../../../src/secrets/seal.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NONCE = 12;
const TAG = 16;
const MARKER = 'marker-7f3a-secret-value';

describe('seal and open', () => {
  const ring = KeyRing.open(temporaryDirectory());

  it('give every value back, under every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 2000 }), (name, bytes) => {
        const opened = open(ring, seal(ring, name, new SecretValue(bytes)));
        assert.ok(opened.revealBytes().equals(bytes));
      }),
    );
  });

  it('use another data key and nonce each time', () => {
    const [a, b] = [seal(ring, 'a', new SecretValue(MARKER)), seal(ring, 'a', new SecretValue(MARKER))];
    assert.notDeepEqual(a.ciphertext, b.ciphertext);
    assert.notDeepEqual(a.wrappedKey, b.wrappedKey);
  });

  it('leave no plaintext in the sealed form', () => {
    const { ciphertext, wrappedKey } = seal(ring, 'a', new SecretValue(MARKER));
    assert.equal(Buffer.concat([ciphertext, wrappedKey]).indexOf(MARKER.slice(0, 8)), -1);
  });
});

describe('a sealed form that was tampered with does not open', () => {
  const ring = KeyRing.open(temporaryDirectory());
  const sealed = seal(ring, 'api-key', new SecretValue(MARKER));

  for (const field of ['wrappedKey', 'ciphertext'] as const) {
    it(`at any byte of ${field}: nonce, text and tag`, () => {
      for (let at = 0; at < sealed[field].length; at++)
        refuses(ring, { ...sealed, [field]: flipped(sealed[field], at) });
    });

    it(`with ${field} cut off at any length, or longer`, () => {
      for (let length = 0; length < sealed[field].length; length++) {
        refuses(ring, { ...sealed, [field]: sealed[field].subarray(0, length) });
      }
      refuses(ring, { ...sealed, [field]: Buffer.concat([sealed[field], Buffer.alloc(1)]) });
    });
  }

  it('has the layout that the loops above rely on', () => {
    assert.equal(sealed.wrappedKey.length, NONCE + 32 + TAG);
    assert.equal(sealed.ciphertext.length, NONCE + MARKER.length + TAG);
    assert.equal(open(ring, sealed).reveal(), MARKER);
  });

  it('when moved to another name, as a whole or in part', () => {
    const other = seal(ring, 'other', new SecretValue('other value'));
    refuses(ring, { ...sealed, name: 'other' });
    refuses(ring, { ...other, ciphertext: sealed.ciphertext });
    refuses(ring, { ...other, wrappedKey: sealed.wrappedKey });
    refuses(ring, { ...sealed, name: 'other', wrappedKey: other.wrappedKey });
  });

  it('when moved to another purpose', () => {
    assert.throws(() => textSealer(ring).open(sealed), { code: 'refused' });
    refuses(ring, textSealer(ring).seal('api-key', 'a text'));
  });

  it('when an older value of the same name brings its key along', () => {
    const older = seal(ring, 'api-key', new SecretValue('older'));
    refuses(ring, { ...sealed, wrappedKey: older.wrappedKey });
  });
});

describe('keys', () => {
  const directory = temporaryDirectory();
  const ring = KeyRing.open(directory);

  it('of another ring do not open, whether the id is known there or not', () => {
    const stranger = KeyRing.open(temporaryDirectory());
    const sealed = seal(ring, 'a', new SecretValue(MARKER));
    assert.throws(() => open(stranger, sealed), { code: 'unavailable', message: /key ring does not have/ });
    refuses(stranger, { ...sealed, keyId: stranger.current().id });
  });

  it('are bound by their id too, should a ring have the same key under two ids', () => {
    const twice = temporaryDirectory();
    const sealed = seal(KeyRing.open(twice), 'a', new SecretValue(MARKER));
    const file = join(twice, 'keys.json');
    const content = JSON.parse(readFileSync(file, 'utf8'));
    content.keys.push({ ...content.keys[0], id: 'namesake' });
    writeFileSync(file, JSON.stringify(content));
    assert.equal(open(KeyRing.open(twice), sealed).reveal(), MARKER);
    refuses(KeyRing.open(twice), { ...sealed, keyId: 'namesake' });
  });

  it('that were replaced by a rotation still open', () => {
    const sealed = seal(ring, 'a', new SecretValue(MARKER));
    ring.rotate();
    assert.equal(open(ring, sealed).reveal(), MARKER);
  });

  it('made by a rotation in another process open without a restart', () => {
    const other = KeyRing.open(directory);
    other.rotate();
    assert.equal(open(ring, seal(other, 'a', new SecretValue(MARKER))).reveal(), MARKER);
  });

  it('are exchanged by rewrap, which leaves the value as it is', () => {
    const sealed = seal(ring, 'a', new SecretValue(MARKER));
    const id = ring.rotate();
    const rewrapped = rewrap(ring, sealed);
    assert.equal(rewrapped.keyId, id);
    assert.deepEqual(rewrapped.ciphertext, sealed.ciphertext);
    assert.equal(open(ring, rewrapped).reveal(), MARKER);
    refuses(ring, { ...rewrapped, keyId: sealed.keyId });
  });
});

/** Opening must fail with an error of ours in which nothing of the value can be read. */
function refuses(ring: KeyRing, sealed: SealedSecret): void {
  assert.throws(
    () => open(ring, sealed),
    (error: Error & { code?: string }) => error.code === 'refused' && !inspect(error, { depth: 9 }).includes('marker'),
  );
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
}

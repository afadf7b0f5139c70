import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { decrypt, encrypt } from '../../../src/secrets/envelope.ts';

describe('the envelope', () => {
  const key = randomBytes(32);
  const plaintext = Buffer.from('plaintext');

  it('opens with the same key and context', () => {
    assert.deepEqual(decrypt(key, encrypt(key, plaintext, ['purpose', 'a']), ['purpose', 'a']), plaintext);
  });

  it('does not open in another context, however its parts are joined', () => {
    const box = encrypt(key, plaintext, ['purpose', 'a', 'b']);
    for (const other of [
      ['purpose', 'a'],
      ['purpose', 'ab'],
      ['purpose', 'a', 'b', ''],
      ['purpose', 'b', 'a'],
    ] as const) {
      assert.equal(decrypt(key, box, other), null, other.join());
    }
  });

  it('does not open with another key', () => {
    assert.equal(decrypt(randomBytes(32), encrypt(key, plaintext, ['p']), ['p']), null);
  });
});

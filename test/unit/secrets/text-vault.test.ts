import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { textVault } from '../../../src/secrets/text-vault.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ring = KeyRing.open(temporaryDirectory());
const vault = textVault(ring);

test('what is sealed opens under its name and under no other, also after a rotation', () => {
  const sealed = vault.seal('totp/alice', new SecretValue('seed-1234'));
  assert.ok(!sealed.includes('seed-1234'));
  assert.equal(vault.open('totp/alice', sealed)?.reveal(), 'seed-1234');
  assert.equal(vault.open('totp/bob', sealed), null);
  ring.rotate();
  assert.equal(vault.open('totp/alice', sealed)?.reveal(), 'seed-1234');
});

test('what is sealed for another purpose, by another ring, or changed does not open', () => {
  const other = textVault(KeyRing.open(temporaryDirectory()));
  assert.equal(vault.open('a', other.seal('a', new SecretValue('x'))), null);
  const { keyId, wrappedKey, ciphertext } = textSealer(ring).seal('a', 'configuration');
  const base64 = (value: Uint8Array) => Buffer.from(value).toString('base64');
  assert.equal(vault.open('a', JSON.stringify([keyId, base64(wrappedKey), base64(ciphertext)])), null);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => vault.open('a', text) === null));
});

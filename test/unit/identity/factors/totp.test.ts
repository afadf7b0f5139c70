import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toBase32 } from '../../../../identity/factors/base32.ts';
import { codeAt, matchCode, newSeed, stepAt } from '../../../../identity/factors/totp.ts';
import { SecretValue } from '../../../../src/base/secret-value.ts';

const SEED = new SecretValue('12345678901234567890');

/** RFC 6238, appendix B, SHA-1. */
const VECTORS = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const;

/** RFC 4226, appendix D. */
const HOTP = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');

describe('codes', () => {
  for (const [seconds, code] of VECTORS) {
    test(`at ${seconds} s`, () => assert.equal(codeAt(SEED, stepAt(seconds * 1000), 8), code));
  }

  test('by counter', () => {
    assert.deepEqual(
      HOTP.map((_, i) => codeAt(SEED, i)),
      HOTP,
    );
  });

  test('one step before and after now is forgiven, two are not', () => {
    const time = 1_700_000_000_000;
    const now = stepAt(time);
    const found = [-2, -1, 0, 1, 2].map((offset) => matchCode(SEED, codeAt(SEED, now + offset), time, -1));
    assert.deepEqual(found, [null, now - 1, now, now + 1, null]);
  });

  test('what was accepted, and whatever came before it, counts no more', () => {
    const time = 1_700_000_000_000;
    const now = stepAt(time);
    const after = (offset: number) => matchCode(SEED, codeAt(SEED, now + offset), time, now);
    assert.deepEqual([after(-1), after(0), after(1)], [null, null, now + 1]);
  });

  test('what is no six digits is no code', () => {
    const now = stepAt(0);
    const code = codeAt(SEED, now);
    for (const text of ['', code.slice(1), `${code}0`, ` ${code}`, code.replace(/\d/, '٣'), '１２３４５６'])
      assert.equal(matchCode(SEED, text, 0, -1), null, text);
  });
});

test('base32 is that of RFC 4648 10, without padding', () => {
  const words = { '': '', f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };
  for (const [text, base32] of Object.entries(words)) assert.equal(toBase32(Buffer.from(text)), base32);
});

test('a new key has 160 bits, and is another each time', () => {
  const [one, other] = [newSeed(), newSeed()];
  assert.equal(one.byteLength, 20);
  assert.notDeepEqual(one.revealBytes(), other.revealBytes());
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { qrMatrix } from '../../../src/web/qr.ts';

/** What the `qrcode` library of Python draws for it, version 1-L, bytes, mask 7. */
const HELLO = `111111100101101111111
100000101101001000001
101110101100101011101
101110100101001011101
101110101000101011101
100000101001101000001
111111101010101111111
000000001111100000000
110100110110001110110
011111011100001000011
001101111010110001101
000101001001000001011
000010110110101010000
000000001111000110101
111111101110010101110
100000100111110110000
101110100101001110001
101110101011000101111
101110100110100010101
100000101110011000000
111111101011100101010`;

const KEY =
  'otpauth://totp/gate.localhost:alice%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=gate.localhost';

/** SHA-256 of what that library draws, with several blocks, with version information, and with the longest text. */
const DRAWN = [
  [KEY, 6, '6da78b499e7fc9e0e830463794ce5ae88ca21e9277de01d818c6b3d15088fd1a'],
  ['a'.repeat(150), 7, '1b247b8350dc99889ffdd876a2b21f99ca74431afe7d053e5c8ffffef5e6164d'],
  ['a'.repeat(250), 10, '5810a18e9a26ca451eacf87487b97340e38a07169a651cf5e2555852f6fbe9ef'],
] as const;

function drawn(text: string): string {
  return qrMatrix(text)!
    .map((row) => row.map(Number).join(''))
    .join('\n');
}

test('is drawn as another implementation draws it', () => {
  assert.equal(drawn('hello'), HELLO);
  for (const [text, version, digest] of DRAWN) {
    const lines = drawn(text);
    assert.equal(lines.split('\n').length, version * 4 + 17);
    assert.equal(createHash('sha256').update(lines).digest('hex'), digest);
  }
});

test('a text that no code of these sizes holds gives none', () => {
  assert.notEqual(qrMatrix('x'.repeat(271)), null);
  assert.equal(qrMatrix('x'.repeat(272)), null);
  assert.equal(qrMatrix('é'.repeat(136)), null);
});

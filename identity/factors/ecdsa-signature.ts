/** Of P-256, in bytes. */
const LENGTH = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * An ES256 signature with both numbers at full length. DER leaves leading zeros out, in one of 128 signatures; the library
 * takes 32 bytes in any case and would refuse those.
 *
 * @param signature DER, in base64url
 * @throws TypeError when it is not one
 */
export function padSignature(signature: string): string {
  const der = Buffer.from(signature, 'base64url');
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) throw new TypeError('not a signature');
  const r = integerAt(der, 2);
  const s = integerAt(der, r.end);
  if (s.end !== der.length) throw new TypeError('not a signature');
  const numbers = Buffer.concat([padded(r.bytes), padded(s.bytes)]);
  return Buffer.concat([Buffer.of(SEQUENCE, numbers.length), numbers]).toString('base64url');
}

function integerAt(der: Buffer, at: number): { readonly bytes: Buffer; readonly end: number } {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== INTEGER || length === 0 || length > LENGTH + 1 || end > der.length)
    throw new TypeError('not a signature');
  const bytes = der.subarray(at + 2, end);
  return { bytes: length === LENGTH + 1 && bytes[0] === 0 ? bytes.subarray(1) : bytes, end };
}

function padded(bytes: Buffer): Buffer {
  if (bytes.length > LENGTH) throw new TypeError('not a signature');
  const zeros = Buffer.alloc(LENGTH + 1 - bytes.length);
  return Buffer.concat([Buffer.of(INTEGER, LENGTH + 1), zeros, bytes]);
}

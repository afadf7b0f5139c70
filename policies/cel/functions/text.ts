import { type CelFunc, CelScalar, celFunc, celMethod } from '@bufbuild/cel';

const { STRING, BYTES } = CelScalar;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

export const TEXT_FUNCTIONS: readonly CelFunc[] = [
  celMethod('toLower', STRING, [], STRING, function () {
    return this.toLowerCase();
  }),
  celMethod('toUpper', STRING, [], STRING, function () {
    return this.toUpperCase();
  }),
  celFunc('base64.encode', [BYTES], STRING, (bytes) => Buffer.from(bytes).toString('base64')),
  celFunc('base64.decode', [STRING], BYTES, decodeBase64),
];

function decodeBase64(text: string): Uint8Array {
  if (!BASE64.test(text)) throw new TypeError('base64.decode: the text is not base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

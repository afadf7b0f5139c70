import type { Finding } from './finding.ts';

const MOST_BYTES = 32 * 1024;

/** What the first bytes of each type are; SVG is none of them, because it can carry scripts and addresses. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG\r\n\x1a\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
};

export function logoFormat(text: string): Finding | null {
  const [, type = '', data = ''] = /^data:([a-z/+]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const signature = Object.hasOwn(SIGNATURES, type) ? SIGNATURES[type] : undefined;
  if (signature === undefined) {
    return { message: 'a PNG, JPEG or WebP image is needed', suggestion: 'such as "data:image/png;base64,iVBORw0…"' };
  }
  const bytes = Buffer.from(data, 'base64');
  if (bytes.byteLength > MOST_BYTES) return { message: `the image is larger than ${MOST_BYTES} bytes` };
  return signature.test(bytes.toString('latin1')) ? null : { message: `this is not an image of type ${type}` };
}

/** Percent-encodes the value of a `grpc-message`: UTF-8, everything but printable ASCII, and the percent sign. */
export function encodeMessage(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (!isPlain(text.charCodeAt(i))) return encodeBytes(Buffer.from(text, 'utf8'));
  }
  return text;
}

const PERCENT = 0x25;

function isPlain(code: number): boolean {
  return code >= 0x20 && code <= 0x7e && code !== PERCENT;
}

function encodeBytes(bytes: Buffer): string {
  let encoded = '';
  for (const byte of bytes) {
    encoded += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

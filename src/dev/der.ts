/** The few forms of DER (X.690) that a certificate needs. Each function gives a complete tag-length-value. */

export function sequence(...parts: Uint8Array[]): Buffer {
  return encode(0x30, ...parts);
}

export function set(...parts: Uint8Array[]): Buffer {
  return encode(0x31, ...parts);
}

/** `[number]`, constructed: wraps what it is given. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 + number, content);
}

/** `[number]`, primitive: takes the place of the tag that the content would have. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 + number, content);
}

/** A non-negative integer, big endian. */
export function integer(bytes: Uint8Array): Buffer {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return negative ? encode(0x02, Buffer.of(0), bytes) : encode(0x02, bytes);
}

export function boolean(value: boolean): Buffer {
  return encode(0x01, Buffer.of(value ? 0xff : 0));
}

export function octets(content: Uint8Array): Buffer {
  return encode(0x04, content);
}

/** `unused`: how many of the last bits do not count. */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return encode(0x03, Buffer.of(unused), content);
}

export function utf8(text: string): Buffer {
  return encode(0x0c, Buffer.from(text, 'utf8'));
}

/** UTCTime, good until 2049 (RFC 5280, 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[^0-9]/g, '');
  return encode(0x17, Buffer.from(`${digits.slice(2, 14)}Z`, 'ascii'));
}

/** An object identifier in dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
  return groups;
}

function encode(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count);
  return count < 0x100 ? Buffer.of(0x81, count) : Buffer.of(0x82, count >> 8, count & 0xff);
}

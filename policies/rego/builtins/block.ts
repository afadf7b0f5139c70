import { isIP } from 'node:net';

/** Addresses that lie one after the other. */
export interface Block {
  readonly family: 4 | 6;
  /** The first address and the last one. */
  readonly first: bigint;
  readonly last: bigint;
}

/** A block, or one address; `null`: neither. */
export function readBlock(text: string): Block | null {
  const [address = '', bits, more] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if ((family !== 4 && family !== 6) || more !== undefined) return null;
  const width = family === 4 ? 32 : 128;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= width)) return null;
  const size = 1n << BigInt(width - Number(bits ?? width));
  const value = family === 4 ? readV4(address) : readV6(address);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

function readV4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function readV6(address: string): bigint {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [start = '', end] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...start, ...Array<string>(8 - start.length - (end?.length ?? 0)).fill('0'), ...(end ?? [])];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

export function addressText(family: 4 | 6, value: bigint): string {
  if (family === 4) {
    const bits = Number(value);
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

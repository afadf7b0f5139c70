import { isIP } from 'node:net';
import { BuiltinError, isObject, RegoSet, type RegoValue } from '../value.ts';
import { define, fail, textsOf } from './builtin.ts';

/** More addresses are not listed. */
const MOST_ADDRESSES = 65_536;

interface Block {
  readonly family: 4 | 6;
  /** The first address and the last one. */
  readonly first: bigint;
  readonly last: bigint;
}

export const NETWORKS = [
  define('net.cidr_is_valid', ['string'], ([text]) => text.includes('/') && readBlock(text) !== null),
  define('net.cidr_expand', ['string'], ([text]) => expand(text)),
  define('net.cidr_merge', ['items'], ([items]) => merge(textsOf(items))),
  define('net.cidr_contains_matches', ['any', 'any'], ([blocks, addresses]) => matches(blocks, addresses)),
];

/** A block, or one address; `null`: neither. */
function readBlock(text: string): Block | null {
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

function addressText(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function expand(text: string): RegoSet | BuiltinError {
  const block = text.includes('/') ? readBlock(text) : null;
  if (block === null) return fail(`"${text}" is not a CIDR block`);
  const count = block.last - block.first + 1n;
  if (count > MOST_ADDRESSES) return fail(`more than ${MOST_ADDRESSES} addresses`);
  return new RegoSet(
    Array.from({ length: Number(count) }, (_, i) => addressText(block.family, block.first + BigInt(i))),
  );
}

/** A bare address is refused: OPA takes one of IPv4 for the whole network of its old class. */
function merge(texts: readonly string[] | null): RegoSet | BuiltinError {
  const blocks = texts?.map((text) => (text.includes('/') ? readBlock(text) : null)) ?? [null];
  if (blocks.includes(null)) return fail('expected CIDR blocks with a prefix length');
  const sorted = (blocks as Block[]).sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1));
  return new RegoSet(joined(sorted).flatMap(toPrefixes));
}

/** Without overlaps and gaps that are none. */
function joined(sorted: readonly Block[]): readonly Block[] {
  const ranges: Block[] = [];
  for (const block of sorted) {
    const previous = ranges.at(-1);
    if (previous === undefined || previous.family !== block.family || block.first > previous.last + 1n) {
      ranges.push(block);
    } else if (block.last > previous.last) {
      ranges[ranges.length - 1] = { ...previous, last: block.last };
    }
  }
  return ranges;
}

/** The fewest blocks that cover a range exactly. */
function toPrefixes({ family, first, last }: Block): string[] {
  const width = family === 4 ? 32 : 128;
  const prefixes: string[] = [];
  for (let at = first; at <= last; ) {
    let bits = width;
    while (bits > 0 && fits(at, width - bits + 1, last)) bits -= 1;
    prefixes.push(`${addressText(family, at)}/${bits}`);
    at += 1n << BigInt(width - bits);
  }
  return prefixes;
}

/** Whether a block of 2^`power` addresses may begin at `at`. */
function fits(at: bigint, power: number, last: bigint): boolean {
  const size = 1n << BigInt(power);
  return at % size === 0n && at + size - 1n <= last;
}

type Entry = readonly [key: RegoValue, block: Block];

function matches(blocks: RegoValue, addresses: RegoValue): RegoSet | BuiltinError {
  const [outer, inner] = [entriesOf(blocks), entriesOf(addresses)];
  if (outer instanceof BuiltinError) return outer;
  if (inner instanceof BuiltinError) return inner;
  const pairs = outer.flatMap(([key, block]) => {
    return inner.filter(([, one]) => contains(block, one)).map(([other]) => [key, other]);
  });
  return new RegoSet(pairs);
}

function contains(block: Block, one: Block): boolean {
  return block.family === one.family && block.first <= one.first && one.last <= block.last;
}

/** With what a match is told by: the text itself, its position, its key, or the item of a set. */
function entriesOf(value: RegoValue): readonly Entry[] | BuiltinError {
  const entries: Entry[] = [];
  for (const [key, item] of pairsOf(value)) {
    const text: unknown = Array.isArray(item) ? item[0] : item;
    const block = typeof text === 'string' ? readBlock(text) : null;
    if (block === null) return fail('expected addresses and CIDR blocks');
    entries.push([key, block]);
  }
  return entries;
}

function pairsOf(value: RegoValue): readonly (readonly [RegoValue, RegoValue])[] {
  if (value instanceof RegoSet) return value.items.map((item) => [item, item]);
  if (isObject(value)) return [...value];
  return Array.isArray(value) ? value.map((item, i) => [i, item]) : [[value, value]];
}

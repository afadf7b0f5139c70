import { BuiltinError, isObject, RegoSet, type RegoValue } from '../value.ts';
import { addressText, type Block, readBlock } from './block.ts';
import { define, fail, textsOf } from './builtin.ts';
import type { Work } from './work.ts';

/** More addresses are not listed. */
const MOST_ADDRESSES = 65_536;

/** What reading a block takes, and writing an address of each family. */
const READING = 40;
const WRITING = { 4: 5, 6: 60 } as const;

export const NETWORKS = [
  define('net.cidr_is_valid', ['string'], ([text]) => text.includes('/') && readBlock(text) !== null),
  define('net.cidr_expand', ['string'], ([text], { work }) => expand(text, work)),
  define('net.cidr_merge', ['items'], ([items], { work }) => merge(textsOf(items), work)),
  define('net.cidr_contains_matches', ['any', 'any'], ([blocks, addresses], { work }) =>
    matches(blocks, addresses, work),
  ),
];

function expand(text: string, work: Work): RegoSet | BuiltinError {
  const block = text.includes('/') ? readBlock(text) : null;
  if (block === null) return fail(`"${text}" is not a CIDR block`);
  const count = block.last - block.first + 1n;
  if (count > MOST_ADDRESSES) return fail(`more than ${MOST_ADDRESSES} addresses`);
  work.charge(Number(count) * WRITING[block.family]);
  return new RegoSet(
    Array.from({ length: Number(count) }, (_, i) => addressText(block.family, block.first + BigInt(i))),
  );
}

/** What each block takes beside, and each bit of the prefixes of a range. */
const SORTING = 20;
const FITTING = 4;

/** A bare address is refused: OPA takes one of IPv4 for the whole network of its old class. */
function merge(texts: readonly string[] | null, work: Work): RegoSet | BuiltinError {
  work.charge((texts?.length ?? 0) * (READING + SORTING));
  const blocks = texts?.map((text) => (text.includes('/') ? readBlock(text) : null)) ?? [null];
  if (blocks.includes(null)) return fail('expected CIDR blocks with a prefix length');
  const sorted = (blocks as Block[]).sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1));
  return new RegoSet(joined(sorted).flatMap((range) => toPrefixes(range, work)));
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
function toPrefixes({ family, first, last }: Block, work: Work): string[] {
  const width = family === 4 ? 32 : 128;
  const prefixes: string[] = [];
  for (let at = first; at <= last; ) {
    let bits = width;
    while (bits > 0 && fits(at, width - bits + 1, last)) bits -= 1;
    work.charge(WRITING[family] + FITTING * (1 + width - bits));
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

/** Every block is compared with every address. */
function matches(blocks: RegoValue, addresses: RegoValue, work: Work): RegoSet | BuiltinError {
  const [outer, inner] = [entriesOf(blocks, work), entriesOf(addresses, work)];
  if (outer instanceof BuiltinError) return outer;
  if (inner instanceof BuiltinError) return inner;
  work.charge(outer.length * inner.length);
  const pairs = outer.flatMap(([key, block]) => {
    return inner.filter(([, one]) => contains(block, one)).map(([other]) => pairOf(key, other, work));
  });
  return new RegoSet(pairs);
}

function pairOf(key: RegoValue, other: RegoValue, work: Work): RegoValue {
  const pair = [key, other];
  work.chargeValue(pair);
  return pair;
}

function contains(block: Block, one: Block): boolean {
  return block.family === one.family && block.first <= one.first && one.last <= block.last;
}

/** With what a match is told by: the text itself, its position, its key, or the item of a set. */
function entriesOf(value: RegoValue, work: Work): readonly Entry[] | BuiltinError {
  const entries: Entry[] = [];
  for (const [key, item] of pairsOf(value)) {
    work.charge(READING);
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

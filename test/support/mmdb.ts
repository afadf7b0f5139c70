/** Writes databases as MaxMind DB 2.0 has them, and parts of them that are wrong. */
import { parseCidr } from '../../src/base/cidr.ts';

export type MmdbValue =
  | string
  | number
  | boolean
  | MmdbPointer
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue };

/** To an offset of the data section, whatever stands there. */
export class MmdbPointer {
  readonly offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }
}

const SEPARATOR = Buffer.alloc(16);
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

type Leaf = { readonly leaf: number };
type Node = [Node | Leaf | null, Node | Leaf | null];

export interface MmdbOptions {
  readonly ipVersion?: 4 | 6;
  readonly metadata?: Readonly<Record<string, MmdbValue>>;
}

/** A database with the records of CIDR blocks; IPv4 stands below `::/96`. */
export function mmdb(
  records: Readonly<Record<string, MmdbValue>>,
  { ipVersion = 6, metadata }: MmdbOptions = {},
): Buffer {
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let size = 0;
  for (const [block, record] of Object.entries(records)) {
    insert(root, bitsOf(block, ipVersion), { leaf: size });
    const encoded = encode(record);
    data.push(encoded);
    size += encoded.byteLength;
  }
  const nodes = flat(root);
  const about = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'Test',
    description: { en: 'test' },
    ip_version: ipVersion,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 32,
    ...metadata,
  };
  return Buffer.concat([tree(nodes), SEPARATOR, ...data, MARKER, encode(about)]);
}

function bitsOf(block: string, ipVersion: 4 | 6): number[] {
  const { address, bits, family } = parseCidr(block)!;
  const bytes = family === 4 ? address.split('.').map(Number) : bytesOf(address);
  const all = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1)).slice(0, bits);
  return family === 4 && ipVersion === 6 ? [...new Array<number>(96).fill(0), ...all] : all;
}

function bytesOf(address: string): number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

function insert(root: Node, bits: readonly number[], leaf: Leaf): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const next = node[bit];
    if (Array.isArray(next)) node = next;
    else {
      const made: Node = [next ?? null, next ?? null];
      node[bit] = made;
      node = made;
    }
  }
  node[bits.at(-1) as 0 | 1] = leaf;
}

function flat(root: Node): Node[] {
  const nodes: Node[] = [root];
  for (const node of nodes) nodes.push(...node.filter((child) => Array.isArray(child)));
  return nodes;
}

function tree(nodes: readonly Node[]): Buffer {
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const record = (child: Node | Leaf | null): number => {
    if (child === null) return nodes.length;
    return Array.isArray(child) ? numbers.get(child)! : nodes.length + SEPARATOR.byteLength + child.leaf;
  };
  const bytes = Buffer.alloc(nodes.length * 8);
  for (const [i, node] of nodes.entries()) {
    for (const side of [0, 1] as const) bytes.writeUInt32BE(record(node[side]), i * 8 + side * 4);
  }
  return bytes;
}

const TYPES = { pointer: 1, text: 2, map: 7, number: 6, list: 11, boolean: 14 } as const;

export function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') return withHead(TYPES.text, Buffer.byteLength(value), Buffer.from(value));
  if (typeof value === 'number') return withHead(TYPES.number, 4, uint32(value));
  if (typeof value === 'boolean') return withHead(TYPES.boolean, Number(value));
  if (value instanceof MmdbPointer)
    return Buffer.concat([Buffer.from([(TYPES.pointer << 5) | (3 << 3)]), uint32(value.offset)]);
  if (Array.isArray(value)) return withHead(TYPES.list, value.length, ...value.map(encode));
  const entries = Object.entries(value as Readonly<Record<string, MmdbValue>>);
  return withHead(TYPES.map, entries.length, ...entries.flatMap(([key, one]) => [encode(key), encode(one)]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Sizes of at least 29 stand behind the control byte. */
function withHead(type: number, size: number, ...rest: readonly Buffer[]): Buffer {
  const [short, more] = size < 29 ? [size, []] : [29, [size - 29]];
  const head = type > 7 ? [short, type - 7, ...more] : [(type << 5) | short, ...more];
  return Buffer.concat([Buffer.from(head), ...rest]);
}

export const country = (code: string, continent: string, city?: string): MmdbValue => ({
  continent: { code: continent },
  country: { iso_code: code, names: { en: code } },
  ...(city !== undefined && { city: { names: { en: city, de: 'x' } } }),
});

export const network = (asn: number): MmdbValue => ({
  autonomous_system_number: asn,
  autonomous_system_organization: 'Example',
});

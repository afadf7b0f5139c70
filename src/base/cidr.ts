import { BlockList, isIP } from 'node:net';

const MOST_KNOWN = 1_000;

/** A set of addresses given as CIDR blocks or single addresses, v4 and v6; a v4-mapped v6 address counts as v4. */
export class CidrSet {
  readonly #list = new BlockList();
  readonly #empty: boolean;
  /** Addresses that were asked for lately: a peer is asked for with each of its requests. Emptied when it is full. */
  readonly #known = new Map<string, boolean>();

  /** @throws RangeError on text that is no address or CIDR block. */
  constructor(blocks: readonly string[]) {
    this.#empty = blocks.length === 0;
    for (const block of blocks) this.#add(block);
  }

  has(address: string): boolean {
    if (this.#empty) return false;
    return this.#known.get(address) ?? this.#learn(address);
  }

  #learn(address: string): boolean {
    const plain = unmapped(address);
    const family = isIP(plain);
    if (family === 0) return false;
    const isIn = this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    // A copy: a slice would keep all of the head in memory that it was cut from.
    this.#known.set(Buffer.from(address, 'latin1').toString('latin1'), isIn);
    return isIn;
  }

  #add(block: string): void {
    const parsed = parseCidr(block);
    if (parsed === null) throw new RangeError(`"${block}" is not an address or a CIDR block`);
    this.#list.addSubnet(parsed.address, parsed.bits, parsed.family === 4 ? 'ipv4' : 'ipv6');
  }
}

export interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 4 | 6;
}

/** `null` when the text is no address or CIDR block. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const family = isIP(address);
  if (family !== 4 && family !== 6) return null;
  const most = family === 4 ? 32 : 128;
  const bits = slash < 0 ? most : parseBits(text.slice(slash + 1));
  return bits === null || bits > most ? null : { address, bits, family };
}

function parseBits(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : null;
}

/** `::ffff:192.0.2.1` is `192.0.2.1` to everyone but the socket. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

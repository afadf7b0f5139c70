/** A member of a ring; its points follow from its name alone, whoever else is there. */
export interface RingMember {
  readonly name: string;
  readonly weight: number;
}

/** Points of a member with the average weight: shares are even to within some 10 %. */
const POINTS = 160;

/** Consistent hashing: members own the stretches of a ring that end at their points. */
export class HashRing {
  /** Ascending. */
  readonly #points: Float64Array;
  readonly #owners: Uint16Array;

  constructor(members: readonly RingMember[]) {
    const total = members.reduce((sum, { weight }) => sum + weight, 0);
    const points = members.flatMap(({ name, weight }, owner) => {
      const count = Math.max(1, Math.round((POINTS * members.length * weight) / total));
      return Array.from({ length: count }, (_, i) => ({ at: hashOf(`${name}#${i}`), owner }));
    });
    points.sort((a, b) => a.at - b.at || a.owner - b.owner);
    this.#points = Float64Array.from(points, ({ at }) => at);
    this.#owners = Uint16Array.from(points, ({ owner }) => owner);
  }

  /** The first member from `hash` on that `isIn` accepts; it must accept one. */
  find(hash: number, isIn: (member: number) => boolean): number {
    const count = this.#points.length;
    const start = this.#firstFrom(hash);
    for (let i = 0; i < count; i++) {
      const owner = this.#owners[(start + i) % count]!;
      if (isIn(owner)) return owner;
    }
    return this.#owners[start % count]!;
  }

  #firstFrom(hash: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#points[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** FNV-1a, then the last step of MurmurHash3, without which texts that end alike lie close together. 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

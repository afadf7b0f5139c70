/** What is remembered of names that clients send; they send the same few again and again. */
const MOST_REMEMBERED = 1_000;

/**
 * Names of header fields, as upstreams may read them: many turn everything but letters and digits into underscores
 * (RFC 3875 4.1.18 and its imitators), so that `x.user`, `x_user` and `x-user` are one name to them.
 */
export class FieldNames {
  readonly #folded: ReadonlySet<string>;
  readonly #known = new Map<string, boolean>();

  constructor(names: Iterable<string>) {
    this.#folded = new Set(Array.from(names, foldedName));
  }

  get size(): number {
    return this.#folded.size;
  }

  /** @param name in lower case */
  has(name: string): boolean {
    return this.#known.get(name) ?? this.#look(name);
  }

  #look(name: string): boolean {
    const isOne = this.#folded.has(foldedName(name));
    if (this.#known.size === MOST_REMEMBERED) this.#known.clear();
    // A copy: what is kept must not hold on to the whole head that the name was cut from.
    this.#known.set(Buffer.from(name, 'latin1').toString('latin1'), isOne);
    return isOne;
  }
}

/** The one name that all its spellings are to such upstreams. */
export function foldedName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

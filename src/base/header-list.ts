const NONE: readonly string[] = [];

/**
 * An ordered list of header fields, names always lower case. Flat (`[name, value, name, value…]`) because that is
 * what the wire gives and wants, and because one array is one allocation.
 */
export class HeaderList {
  /** Alternating names and values. Read-only for everyone but this class. */
  readonly flat: string[];

  /** Takes ownership of `flat`; names must be lower case already. */
  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  static from(entries: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of entries) list.append(name, value);
    return list;
  }

  clone(): HeaderList {
    return new HeaderList(this.flat.slice());
  }

  /** The number of fields. */
  get size(): number {
    return this.flat.length / 2;
  }

  has(name: string): boolean {
    return this.#indexOf(name) >= 0;
  }

  /** The first value, or `null`. Security decisions use `all`: a field may be repeated. */
  get(name: string): string | null {
    const at = this.#indexOf(name);
    return at < 0 ? null : (this.flat[at + 1] as string);
  }

  all(name: string): readonly string[] {
    const first = this.#indexOf(name);
    if (first < 0) return NONE;
    const values: string[] = [];
    for (let i = first; i < this.flat.length; i += 2) {
      if (this.flat[i] === name) values.push(this.flat[i + 1] as string);
    }
    return values;
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Replaces every field of that name by one. */
  set(name: string, value: string): void {
    const at = this.#indexOf(name);
    if (at < 0) {
      this.flat.push(name, value);
      return;
    }
    this.flat[at + 1] = value;
    this.#removeFrom(at + 2, name);
  }

  delete(name: string): void {
    const at = this.#indexOf(name);
    if (at >= 0) this.#removeFrom(at, name);
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (let i = 0; i < this.flat.length; i += 2) yield [this.flat[i] as string, this.flat[i + 1] as string];
  }

  #indexOf(name: string): number {
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return i;
    return -1;
  }

  #removeFrom(start: number, name: string): void {
    const { flat } = this;
    let kept = start;
    for (let i = start; i < flat.length; i += 2) {
      if (flat[i] === name) continue;
      flat[kept++] = flat[i] as string;
      flat[kept++] = flat[i + 1] as string;
    }
    flat.length = kept;
  }
}

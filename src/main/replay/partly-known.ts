import { Failure } from '../../../policies/values/failure.ts';
import { MapValue } from '../../../policies/values/map.ts';
import type { Value } from '../../../policies/values/value.ts';

/**
 * What is not known of a map, by field: its `value`, where the field is there in any case; with `presence`, not even
 * whether it is there; or parts of its value. What is not listed is known.
 */
export interface Unknowns {
  readonly [field: string]: 'value' | 'presence' | Unknowns;
}

const MARK = ' is not in the log';

/** Told the path of a field that an expression asked for, where its absence would have been an answer. */
export type Told = (path: string) => void;

/**
 * A map of which some fields are not known: reading one fails, so that `&&` and `||` go on where the rest of the
 * expression decides.
 */
export class PartlyKnown extends MapValue {
  readonly #inner: MapValue;
  readonly #unknowns: Unknowns;
  readonly #path: string;
  readonly #told: Told;

  constructor(inner: MapValue, unknowns: Unknowns, path: string, told: Told) {
    super();
    this.#inner = inner;
    this.#unknowns = unknowns;
    this.#path = path;
    this.#told = told;
  }

  get size(): number {
    this.#told(this.#path);
    return this.#inner.size;
  }

  get(name: Value): Value | Failure | undefined {
    if (typeof name !== 'string' || !Object.hasOwn(this.#unknowns, name)) return this.#inner.get(name);
    const part = this.#unknowns[name]!;
    const path = `${this.#path}.${name}`;
    if (typeof part === 'string') return this.#unknown(path, part);
    const value = this.#inner.get(name);
    return value instanceof MapValue ? new PartlyKnown(value, part, path, this.#told) : value;
  }

  keys(): Iterable<Value> {
    this.#told(this.#path);
    return this.#inner.keys();
  }

  #unknown(path: string, part: 'value' | 'presence'): Failure {
    if (part === 'presence') this.#told(path);
    return new Failure('error', `${path}${MARK}`);
  }
}

/** The path that is not known, when the message is that of reading one. */
export function unknownPath(message: string): string | null {
  return message.endsWith(MARK) ? message.slice(0, -MARK.length) : null;
}

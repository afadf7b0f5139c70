import { partsOf, withParts } from './parts.ts';
import { DYN, type Param, param, type Type } from './type.ts';

/** Steps that the types of one expression may take: they can grow with each part of it. */
const STEPS = 500_000;
/** Of types within types. */
const DEPTH = 200;

/** What is known of the types that are yet to be found, such as of the elements of `[]`. */
export class TypeVariables {
  readonly #bound = new Map<string, Type>();
  /** What was bound before, to be put back when an attempt fails. */
  readonly #trail: (readonly [name: string, before: Type | undefined])[] = [];
  #count = 0;
  #steps = STEPS;

  fresh(): Param {
    return param(`_var${this.#count++}`);
  }

  find({ name }: Param): Type | undefined {
    return this.#bound.get(name);
  }

  bind({ name }: Param, type: Type): void {
    this.#trail.push([name, this.#bound.get(name)]);
    this.#bound.set(name, type);
  }

  /** What a failing `action` has bound is forgotten. */
  attempt(action: () => boolean): boolean {
    const mark = this.#trail.length;
    if (action()) return true;
    while (this.#trail.length > mark) {
      const [name, before] = this.#trail.pop()!;
      if (before === undefined) this.#bound.delete(name);
      else this.#bound.set(name, before);
    }
    return false;
  }

  /** `false`: types of this size are not looked into. */
  step(depth: number): boolean {
    this.#steps--;
    return this.#steps >= 0 && depth < DEPTH;
  }

  /** A type with what is known of its variables in their place. */
  resolve(type: Type): Type {
    return this.#resolve(type, null, 0);
  }

  /** What is not known is `dyn`. */
  resolveAll(type: Type): Type {
    return this.#resolve(type, DYN, 0);
  }

  #resolve(type: Type, unknown: Type | null, depth: number): Type {
    if (type.kind === 'param') return this.#resolveParam(type, unknown, depth);
    const parts = partsOf(type);
    if (parts.length === 0) return type;
    if (!this.step(depth)) return DYN;
    const resolved = parts.map((part) => this.#resolve(part, unknown, depth + 1));
    return resolved.every((part, i) => part === parts[i]) ? type : withParts(type, resolved);
  }

  #resolveParam(type: Param, unknown: Type | null, depth: number): Type {
    const bound = this.find(type);
    if (bound === undefined) return unknown ?? type;
    return this.step(depth) ? this.#resolve(bound, unknown, depth + 1) : DYN;
  }
}

import type { Type } from './type.ts';

/** The variables of the macros around a part of an expression, innermost first. */
export class TypeScope {
  static readonly OUTERMOST = new TypeScope(null, '', null);

  readonly #parent: TypeScope | null;
  readonly #name: string;
  readonly #type: Type | null;

  constructor(parent: TypeScope | null, name: string, type: Type | null) {
    this.#parent = parent;
    this.#name = name;
    this.#type = type;
  }

  with(name: string, type: Type): TypeScope {
    return new TypeScope(this, name, type);
  }

  find(name: string): Type | null {
    for (let scope: TypeScope | null = this; scope !== null; scope = scope.#parent) {
      if (scope.#type !== null && scope.#name === name) return scope.#type;
    }
    return null;
  }

  /** Those that people have named. */
  names(): string[] {
    const own = this.#type === null || !/^[a-z_]/i.test(this.#name) ? [] : [this.#name];
    return this.#parent === null ? own : [...own, ...this.#parent.names()];
  }
}

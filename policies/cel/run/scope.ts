/** The variables of the folds around a part of an expression, innermost first. */
export class Scope {
  static readonly OUTERMOST = new Scope(null, '', -1);

  readonly #parent: Scope | null;
  readonly #name: string;
  /** Number of the variable in the frame. */
  readonly slot: number;

  constructor(parent: Scope | null, name: string, slot: number) {
    this.#parent = parent;
    this.#name = name;
    this.slot = slot;
  }

  with(name: string): Scope {
    return new Scope(this, name, this.slot + 1);
  }

  slotOf(name: string): number | undefined {
    for (let scope: Scope = this; scope.#parent !== null; scope = scope.#parent) {
      if (scope.#name === name) return scope.slot;
    }
    return undefined;
  }
}

import type { Limits } from '../environment.ts';
import type { Call, Constant, Entry, Expr, Fold, ListExpr, MapExpr, MessageExpr, Name, Select } from './ast.ts';
import type { Problem } from './problem.ts';

/** A place without its id. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

type FoldParts = Omit<Fold, 'kind' | 'id' | 'start' | 'end' | 'at'>;

/** Makes nodes, numbers them, and notices when they become too many or too deep. */
export class Builder {
  readonly #limits: Limits;
  /** Of the node with that id. */
  readonly #depths: number[] = [0];
  #problem: Problem | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The first node that went over a limit. */
  get problem(): Problem | null {
    return this.#problem;
  }

  constant(span: Span, value: Constant['value']): Constant {
    return { kind: 'constant', ...this.#place(span, []), value };
  }

  name(span: Span, name: string): Name {
    return { kind: 'name', ...this.#place(span, []), name };
  }

  select(span: Span, operand: Expr, field: string, isTest = false): Select {
    return { kind: 'select', ...this.#place(span, [operand]), operand, field, isTest };
  }

  call(span: Span, name: string, args: readonly Expr[], target: Expr | null = null): Call {
    const parts = target === null ? args : [target, ...args];
    return { kind: 'call', ...this.#place(span, parts), name, target, args };
  }

  list(span: Span, elements: readonly Expr[], optional: readonly number[] = []): ListExpr {
    return { kind: 'list', ...this.#place(span, elements), elements, optional };
  }

  entry<K>(at: number, key: K, value: Expr, isOptional: boolean): Entry<K> {
    return { id: this.#nextId(0, at), at, key, value, isOptional };
  }

  map(span: Span, entries: readonly Entry<Expr>[]): MapExpr {
    const parts = entries.flatMap(({ key, value }) => [key, value]);
    return { kind: 'map', ...this.#place(span, parts), entries };
  }

  message(span: Span, name: string, entries: readonly Entry<string>[]): MessageExpr {
    const parts = entries.map(({ value }) => value);
    return { kind: 'message', ...this.#place(span, parts), name, entries };
  }

  fold(span: Span, parts: FoldParts): Fold {
    const { range, initial, condition, step, result } = parts;
    return { kind: 'fold', ...this.#place(span, [range, initial, condition, step, result]), ...parts };
  }

  #place({ start, end, at }: Span, parts: readonly Expr[]): Span & { readonly id: number } {
    let depth = 0;
    for (const { id } of parts) depth = Math.max(depth, this.#depths[id]!);
    return { id: this.#nextId(depth + 1, at), start, end, at };
  }

  #nextId(depth: number, at: number): number {
    const id = this.#depths.push(depth) - 1;
    if (depth > this.#limits.depth) this.#problem ??= tooDeep(at);
    if (id > this.#limits.nodes) this.#problem ??= tooLarge(at);
    return id;
  }
}

export function tooDeep(at: number): Problem {
  return { at, message: 'the expression is nested too deeply', suggestion: null };
}

function tooLarge(at: number): Problem {
  return { at, message: 'the expression has too many parts', suggestion: null };
}

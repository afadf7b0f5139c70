import type { Uint } from '../../values/value.ts';

/**
 * The syntax tree of an expression, macros expanded. `start` and `end` are UTF-16 offsets of its text in the source;
 * `at` is where problems with it are reported, as in cel-go: the operator, the dot, the opening bracket. `id` is unique in
 * the tree.
 */
export type Expr = Constant | Name | Select | Call | ListExpr | MapExpr | MessageExpr | Fold;

export interface Place {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

export interface Constant extends Place {
  readonly kind: 'constant';
  readonly value: null | boolean | bigint | Uint | number | string | Uint8Array;
}

/** With a leading dot when it was written so: a name of the outermost scope. */
export interface Name extends Place {
  readonly kind: 'name';
  readonly name: string;
}

export interface Select extends Place {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** `has(operand.field)` */
  readonly isTest: boolean;
}

/** Operators are functions with the names that the specification gives them: `_&&_`, `_[_]`, `_?.` … */
export interface Call extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expr | null;
  readonly args: readonly Expr[];
}

export interface ListExpr extends Place {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  /** Positions of elements that were written `?x`. */
  readonly optional: readonly number[];
}

export interface Entry<K> {
  readonly id: number;
  readonly at: number;
  readonly key: K;
  readonly value: Expr;
  readonly isOptional: boolean;
}

export interface MapExpr extends Place {
  readonly kind: 'map';
  readonly entries: readonly Entry<Expr>[];
}

/** `Name{field: value}`; no message type exists here, so the checker refuses it. */
export interface MessageExpr extends Place {
  readonly kind: 'message';
  readonly name: string;
  readonly entries: readonly Entry<string>[];
}

/** What the macros over lists and maps expand to. */
export interface Fold extends Place {
  readonly kind: 'fold';
  readonly range: Expr;
  readonly item: string;
  /** Of macros with two variables; `item` is then the index or key. */
  readonly item2: string | null;
  readonly accumulator: string;
  readonly initial: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** `id` of an expanded node -> the call that was written, with its arguments unexpanded. For explanations. */
export type MacroCalls = ReadonlyMap<number, Call>;

export interface Syntax {
  readonly expr: Expr;
  readonly macroCalls: MacroCalls;
}

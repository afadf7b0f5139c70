import type { Uint } from '../../values/value.ts';
import type { Problem } from './problem.ts';

/** A piece of the source. `start` and `end` are UTF-16 offsets. */
export type Token = Word | Integer | Literal | Bad | End;

interface Piece {
  readonly start: number;
  readonly end: number;
}

export interface Word extends Piece {
  /** `true`, `false`, `null` and `in` are symbols; the text of a quoted name is without its backquotes. */
  readonly kind: 'name' | 'quoted-name' | 'symbol';
  readonly text: string;
}

/** A signed integer, whose sign is a token before it. */
export interface Integer extends Piece {
  readonly kind: 'int';
  readonly value: bigint;
}

export interface Literal extends Piece {
  readonly kind: 'literal';
  readonly value: Uint | number | string | Uint8Array;
}

export interface Bad extends Piece {
  readonly kind: 'bad';
  readonly problem: Problem;
}

export interface End extends Piece {
  readonly kind: 'end';
}

export function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

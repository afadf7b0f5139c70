import type { Expr } from './ast.ts';
import type { Builder } from './builder.ts';
import { readMember } from './member.ts';
import type { Reader } from './reader.ts';
import type { Token } from './token.ts';

interface Operator {
  readonly name: string;
  /** Higher binds tighter. */
  readonly binding: number;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['<', { name: '_<_', binding: 1 }],
  ['<=', { name: '_<=_', binding: 1 }],
  ['>', { name: '_>_', binding: 1 }],
  ['>=', { name: '_>=_', binding: 1 }],
  ['==', { name: '_==_', binding: 1 }],
  ['!=', { name: '_!=_', binding: 1 }],
  ['in', { name: '@in', binding: 1 }],
  ['+', { name: '_+_', binding: 2 }],
  ['-', { name: '_-_', binding: 2 }],
  ['*', { name: '_*_', binding: 3 }],
  ['/', { name: '_/_', binding: 3 }],
  ['%', { name: '_%_', binding: 3 }],
]);

/** `a ? b : c`, and what binds tighter. */
export function readExpression(reader: Reader): Expr | null {
  const condition = readLogical(reader, '||');
  if (condition === null || !reader.sees('?')) return condition;
  const at = reader.take().start;
  const yes = readLogical(reader, '||');
  if (yes === null || !reader.expects(':')) return null;
  const no = reader.expression();
  if (no === null) return null;
  const span = { start: condition.start, end: no.end, at };
  return reader.build.call(span, '_?_:_', [condition, yes, no]);
}

function readLogical(reader: Reader, symbol: '||' | '&&'): Expr | null {
  const readTerm = () => (symbol === '||' ? readLogical(reader, '&&') : readBinary(reader, 1));
  const first = readTerm();
  if (first === null) return null;
  const terms = [first];
  const places: number[] = [];
  while (reader.sees(symbol)) {
    places.push(reader.take().start);
    const term = readTerm();
    if (term === null) return null;
    terms.push(term);
  }
  return balance(reader.build, `_${symbol}_`, terms, places, 0, places.length - 1);
}

/** A long chain becomes a flat tree, as in cel-go: operators `from` to `to`, both included. */
function balance(
  build: Builder,
  name: string,
  terms: readonly Expr[],
  places: readonly number[],
  from: number,
  to: number,
): Expr {
  if (from > to) return terms[from]!;
  const middle = Math.floor((from + to + 1) / 2);
  const left = balance(build, name, terms, places, from, middle - 1);
  const right = balance(build, name, terms, places, middle + 1, to);
  return build.call({ start: left.start, end: right.end, at: places[middle]! }, name, [left, right]);
}

/** Operators that bind at least as tightly as `binding`, from left to right. */
function readBinary(reader: Reader, binding: number): Expr | null {
  let left = readUnary(reader);
  for (;;) {
    const operator = operatorOf(reader.token);
    if (left === null || operator === undefined || operator.binding < binding) return left;
    const at = reader.take().start;
    const right = readBinary(reader, operator.binding + 1);
    if (right === null) return null;
    left = reader.build.call({ start: left.start, end: right.end, at }, operator.name, [left, right]);
  }
}

function operatorOf(token: Token): Operator | undefined {
  return token.kind === 'symbol' ? OPERATORS.get(token.text) : undefined;
}

function readUnary(reader: Reader): Expr | null {
  if (reader.sees('!')) return readRepeated(reader, '!');
  return reader.sees('-') && !seesNegative(reader) ? readRepeated(reader, '-') : readOperand(reader);
}

/** An even number of `!` or of `-` is none. */
function readRepeated(reader: Reader, symbol: '!' | '-'): Expr | null {
  const at = reader.token.start;
  let count = 0;
  while (reader.takes(symbol)) count++;
  const operand = readOperand(reader);
  if (operand === null) return null;
  const span = { start: at, end: operand.end, at };
  return count % 2 === 0 ? { ...operand, ...span, at: operand.at } : reader.build.call(span, `${symbol}_`, [operand]);
}

function readOperand(reader: Reader): Expr | null {
  return readMember(reader, seesNegative(reader) ? reader.take().start : null);
}

/** A minus before a number is part of the literal. */
function seesNegative(reader: Reader): boolean {
  if (!reader.sees('-')) return false;
  const next = reader.peek();
  return next.kind === 'int' || (next.kind === 'literal' && typeof next.value === 'number');
}

import type { Expr, Syntax } from '../cel/syntax/ast.ts';
import { partsOf } from '../cel/syntax/parts.ts';
import type { ExpressionPart } from '../engine.ts';
import { Failure } from '../values/failure.ts';
import { type Result, TypeValue } from '../values/value.ts';
import { briefValue } from './brief-value.ts';

/** What reads as an explanation; the rest of a longer expression is left out. */
const MOST_PARTS = 200;

/**
 * The parts of a CEL expression as they were written, each with what it gave: the whole first, then its operands.
 * Constants are left out, and so are the steps of a path such as `ctx.request.http.path`. Inside a macro: of its last
 * round.
 */
export function expressionParts(source: string, syntax: Syntax, values: ReadonlyMap<number, Result>): ExpressionPart[] {
  const parts: ExpressionPart[] = [];
  const walk = (node: Expr, depth: number): void => {
    const value = values.get(node.id);
    if (parts.length === MOST_PARTS || isPlain(node, value)) return;
    parts.push({ text: textOf(source, node), depth, ...outcomeOf(value) });
    if (value === undefined) return;
    for (const child of childrenOf(node, syntax)) walk(child, depth + 1);
  };
  walk(syntax.expr, 0);
  return parts;
}

/** Says nothing that its text does not say; also the variable that a macro declares, and `math` of `math.least`. */
function isPlain(node: Expr, value: Result | undefined): boolean {
  switch (node.kind) {
    case 'constant':
      return true;
    case 'name':
      return value === undefined || value instanceof TypeValue;
    case 'list':
      return node.elements.every(({ kind }) => kind === 'constant');
    default:
      return false;
  }
}

function textOf(source: string, { start, end }: Expr): string {
  return source.slice(start, end).replace(LINE_BREAK, ' ');
}

const LINE_BREAK = /[ \t\r]*\n\s*/g;

function outcomeOf(value: Result | undefined): Pick<ExpressionPart, 'state' | 'shown'> {
  if (value === undefined) return { state: 'unread', shown: null };
  if (value instanceof Failure) return { state: value.kind, shown: value.message };
  return { state: 'value', shown: briefValue(value) };
}

/** Macros as they were called. */
function childrenOf(node: Expr, { macroCalls }: Syntax): readonly Expr[] {
  if (isPath(node)) return [];
  const written = macroCalls.get(node.id) ?? node;
  if (written.kind === 'fold') return [written.range, written.step, written.result];
  return written.kind === 'select' && written.isTest ? [] : partsOf(written);
}

/** `a.b`, `a["b"]`, `has(a.b)`, however long. */
function isPath(node: Expr): boolean {
  let at = node;
  for (;;) {
    if (at.kind === 'select') at = at.operand;
    else if (isField(at)) at = at.args[0]!;
    else return at.kind === 'name';
  }
}

function isField(node: Expr): node is Extract<Expr, { kind: 'call' }> {
  return node.kind === 'call' && node.name === '_[_]' && node.args[1]?.kind === 'constant';
}

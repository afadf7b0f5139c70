import { didYouMean } from '../../../src/base/suggest.ts';
import type { Call, Constant, Expr } from '../syntax/ast.ts';
import type { Checking } from './checking.ts';

/** Tells of texts that are compared with a field that never has them: `ctx.user.spec.type == "ROBOT"`. */
export function checkWords({ name, args }: Call, checking: Checking): void {
  const [left, right] = args;
  if (left === undefined || right === undefined) return;
  if (name === '_==_' || name === '_!=_') {
    checkAgainst(left, [right], checking);
    checkAgainst(right, [left], checking);
  }
  if (name === '@in' && right.kind === 'list') checkAgainst(left, right.elements, checking);
}

function checkAgainst(field: Expr, texts: readonly Expr[], checking: Checking): void {
  const words = wordsOf(field, checking);
  if (words !== null) for (const text of texts) if (isText(text)) checkText(text, words, checking);
}

/** Of a field of an object: what a variable stands for, or a conditional gives, may come from elsewhere too. */
function wordsOf(expr: Expr, { types }: Checking): readonly string[] | null {
  if (expr.kind !== 'select' || types.get(expr.operand.id)?.kind !== 'object') return null;
  const type = types.get(expr.id);
  return type?.kind === 'string' ? (type.words ?? null) : null;
}

function isText(expr: Expr): expr is Constant & { readonly value: string } {
  return expr.kind === 'constant' && typeof expr.value === 'string';
}

function checkText(
  { value, start }: Constant & { readonly value: string },
  words: readonly string[],
  checking: Checking,
): void {
  if (words.includes(value)) return;
  const known = words.map((word) => `"${word}"`).join(', ');
  const is = words.length === 1 ? 'always' : 'one of';
  checking.tell(start, `this is ${is} ${known}, never "${value}"`, didYouMean(value, words));
}

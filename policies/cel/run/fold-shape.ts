import type { Call, Expr, Fold } from '../syntax/ast.ts';

/** What a fold does, where it is one of the forms that macros expand to. */
export type FoldShape =
  /** Stops at the first item that gives `decisive`. */
  | { readonly kind: 'search'; readonly decisive: boolean; readonly test: Expr }
  | { readonly kind: 'count-one'; readonly test: Expr }
  | { readonly kind: 'list'; readonly test: Expr | null; readonly value: Expr }
  /** `key` is `null` where `value` is a map of entries. */
  | { readonly kind: 'map'; readonly test: Expr | null; readonly key: Expr | null; readonly value: Expr }
  | { readonly kind: 'bind' }
  | { readonly kind: 'general' };

const GENERAL: FoldShape = { kind: 'general' };

export function shapeOf(fold: Fold): FoldShape {
  const isOwnResult = isAccumulator(fold.result, fold);
  if (isConstant(fold.condition, false)) return isEmptyList(fold.range) ? { kind: 'bind' } : GENERAL;
  if (isConstant(fold.condition, true)) return isOwnResult ? gatherShape(fold) : countShape(fold);
  return isOwnResult ? searchShape(fold) : GENERAL;
}

function searchShape(fold: Fold): FoldShape {
  const [continues] = argumentsOf(fold.condition, '@not_strictly_false');
  if (continues === undefined || fold.initial.kind !== 'constant') return GENERAL;
  const decisive = fold.initial.value === false;
  const watched = decisive ? argumentsOf(continues, '!_')[0] : continues;
  const [before, test] = argumentsOf(fold.step, decisive ? '_||_' : '_&&_');
  const fits = isAccumulator(watched, fold) && isAccumulator(before, fold) && test !== undefined;
  return fits ? { kind: 'search', decisive, test } : GENERAL;
}

function countShape(fold: Fold): FoldShape {
  const [count, one] = argumentsOf(fold.result, '_==_');
  const { test, more } = stepParts(fold);
  const [before, added] = argumentsOf(more, '_+_');
  const counts = isAccumulator(before, fold) && isConstant(added, 1n) && isConstant(fold.initial, 0n);
  const fits = counts && isAccumulator(count, fold) && isConstant(one, 1n) && test !== null;
  return fits ? { kind: 'count-one', test } : GENERAL;
}

function gatherShape(fold: Fold): FoldShape {
  const { test, more } = stepParts(fold);
  if (isEmptyList(fold.initial)) return listShape(fold, test, argumentsOf(more, '_+_'));
  if (fold.initial.kind !== 'map' || fold.initial.entries.length > 0) return GENERAL;
  return mapShape(fold, test, argumentsOf(more, 'cel.@mapInsert'));
}

function listShape(fold: Fold, test: Expr | null, [before, added]: readonly Expr[]): FoldShape {
  if (!isAccumulator(before, fold) || added?.kind !== 'list' || added.optional.length > 0) return GENERAL;
  const [value, another] = added.elements;
  return value !== undefined && another === undefined ? { kind: 'list', test, value } : GENERAL;
}

function mapShape(fold: Fold, test: Expr | null, [before, first, second]: readonly Expr[]): FoldShape {
  if (!isAccumulator(before, fold) || first === undefined) return GENERAL;
  return second === undefined
    ? { kind: 'map', test, key: null, value: first }
    : { kind: 'map', test, key: first, value: second };
}

/** `test ? more : accumulator`, or `more` alone. */
function stepParts(fold: Fold): { readonly test: Expr | null; readonly more: Expr } {
  const [test, more, otherwise] = argumentsOf(fold.step, '_?_:_');
  if (test === undefined || more === undefined || !isAccumulator(otherwise, fold)) {
    return { test: null, more: fold.step };
  }
  return { test, more };
}

function argumentsOf(expr: Expr, name: string): readonly Expr[] {
  return isCallOf(expr, name) ? expr.args : [];
}

function isCallOf(expr: Expr, name: string): expr is Call {
  return expr.kind === 'call' && expr.name === name && expr.target === null;
}

function isAccumulator(expr: Expr | undefined, fold: Fold): boolean {
  return expr?.kind === 'name' && expr.name === fold.accumulator;
}

function isConstant(expr: Expr | undefined, value: boolean | bigint): boolean {
  return expr?.kind === 'constant' && expr.value === value;
}

function isEmptyList(expr: Expr): boolean {
  return expr.kind === 'list' && expr.elements.length === 0;
}

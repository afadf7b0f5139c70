import type { Expr, Fold } from '../syntax/ast.ts';
import { partsOf } from '../syntax/parts.ts';

/** Units that one round of a fold takes: the nodes of its body. Folds inside count their own rounds. */
export function roundWeight({ condition, step }: Fold): number {
  return weightOf(condition) + weightOf(step);
}

/** Nodes that are evaluated once when the expression is. */
export function weightOf(expr: Expr): number {
  return 1 + partsOnce(expr).reduce((sum, part) => sum + weightOf(part), textWeight(expr));
}

/** A text may be compared or searched for each time. */
function textWeight(expr: Expr): number {
  return expr.kind === 'constant' && typeof expr.value === 'string' ? expr.value.length >>> 4 : 0;
}

/** The parts of an expression that are evaluated as often as it is. */
function partsOnce(expr: Expr): readonly Expr[] {
  return expr.kind === 'fold' ? [expr.range, expr.initial, expr.result] : partsOf(expr);
}

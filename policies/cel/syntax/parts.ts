import type { Expr } from './ast.ts';

/** The expressions that stand directly in another one, in the order in which they are written. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target === null ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'message':
      return expr.entries.map(({ value }) => value);
    case 'fold':
      return [expr.range, expr.initial, expr.condition, expr.step, expr.result];
  }
}

import type { parse } from '@bufbuild/cel';

/** The package's syntax tree; its types are not exported by name. */
export type Expr = ReturnType<typeof parse>['expr'];
type Kind<C> = Extract<Expr['exprKind'], { case: C }> extends { value: infer V } ? V : never;
export type Constant = Kind<'constExpr'>['constantKind'];
export type Call = Kind<'callExpr'>;
export type Select = Kind<'selectExpr'>;
export type Struct = Kind<'structExpr'>;
export type Comprehension = Kind<'comprehensionExpr'>;

export function callOf(id: bigint, name: string, args: Expr[]): Expr {
  const value: Call = { $typeName: 'cel.expr.Expr.Call', function: name, args };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'callExpr', value } };
}

/** `a.b.c` as text when the expression is nothing but names, else `null`. */
export function qualifiedName(expr: Expr | undefined): string | null {
  if (expr?.exprKind.case === 'identExpr') return expr.exprKind.value.name;
  if (expr?.exprKind.case !== 'selectExpr' || expr.exprKind.value.testOnly) return null;
  const parent = qualifiedName(expr.exprKind.value.operand);
  return parent === null ? null : `${parent}.${expr.exprKind.value.field}`;
}

/** The text of a string literal, else `null`. */
export function literalText(expr: Expr | undefined): string | null {
  if (expr?.exprKind.case !== 'constExpr') return null;
  const { constantKind } = expr.exprKind.value;
  return constantKind.case === 'stringValue' ? constantKind.value : null;
}

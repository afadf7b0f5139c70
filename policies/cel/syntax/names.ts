import type { Expr } from './ast.ts';

/** `a.b.c` as text when the expression is nothing but names. A leading dot stays. */
export function qualifiedName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind !== 'select' || expr.isTest) return null;
  const parent = qualifiedName(expr.operand);
  return parent === null ? null : `${parent}.${expr.field}`;
}

/** The names that a name may mean, in the order in which they are looked for: in `a.b` first `a.b.x`, then `a.x`. */
export function candidatesOf(name: string, container: string): readonly string[] {
  if (name.startsWith('.')) return [name.slice(1)];
  const parts = container === '' ? [] : container.split('.');
  return [...parts.map((_, i) => [...parts.slice(0, parts.length - i), name].join('.')), name];
}

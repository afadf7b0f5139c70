import type { Expr } from '../cel/syntax/ast.ts';

/** A chain of names from a variable: `ctx.user.spec.groups`, `attrs["team"]`. */
export interface Chain {
  readonly path: readonly string[];
  /** Offset of each name. */
  readonly places: readonly number[];
  /** `has(…)` of the last name. */
  readonly isTest: boolean;
}

/** `null` when the expression is anything else. */
export function chainOf(expr: Expr): Chain | null {
  if (expr.kind === 'name') return { path: [expr.name], places: [expr.start], isTest: false };
  const step = stepOf(expr);
  const before = step === null ? null : chainOf(step.operand);
  if (step === null || before === null || before.isTest) return null;
  return { path: [...before.path, step.name], places: [...before.places, step.at], isTest: step.isTest };
}

interface Step {
  readonly operand: Expr;
  readonly name: string;
  readonly at: number;
  readonly isTest: boolean;
}

function stepOf(expr: Expr): Step | null {
  if (expr.kind === 'select') {
    const { operand, field, isTest, at } = expr;
    // a test stands where its macro does
    return { operand, name: field, isTest, at: (isTest ? operand.end : at) + 1 };
  }
  if (expr.kind !== 'call' || expr.name !== '_[_]') return null;
  const [operand, index] = expr.args;
  if (operand === undefined || index?.kind !== 'constant' || typeof index.value !== 'string') return null;
  return { operand, name: index.value, isTest: false, at: index.start };
}

/** Paths as the keys of a set. */
export function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

import { type CelFunc, type CelMap, CelScalar, celFunc } from '@bufbuild/cel';
import { callOf, type Expr } from './syntax.ts';

const CONTEXT = '@ctx';
/** CEL spells a name of the outermost scope with a leading dot too. */
const SPELLINGS: ReadonlySet<string> = new Set(['ctx', '.ctx']);

export function contextFunction(running: { readonly ctx: CelMap }): CelFunc {
  return celFunc(CONTEXT, [], CelScalar.DYN, () => running.ctx);
}

/**
 * Makes an expression that was checked ask for `ctx` by a function. For a plain name the package first looks for
 * variables, messages and enums called `ctx.request.http`, `ctx.request` and so on, whenever it is evaluated, which
 * was about two fifths of the cost of an ordinary condition.
 */
export function bindContext(expr: Expr | undefined): void {
  if (expr === undefined) return;
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr' && SPELLINGS.has(exprKind.value.name)) {
    expr.exprKind = callOf(expr.id, CONTEXT, []).exprKind;
  }
  for (const part of partsOf(expr)) bindContext(part);
}

function partsOf({ exprKind }: Expr): readonly (Expr | undefined)[] {
  switch (exprKind.case) {
    case 'selectExpr':
      return [exprKind.value.operand];
    case 'callExpr':
      return [exprKind.value.target, ...exprKind.value.args];
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) => [
        keyKind.case === 'mapKey' ? keyKind.value : undefined,
        value,
      ]);
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return [iterRange, accuInit, loopCondition, loopStep, result];
    }
    default:
      return [];
  }
}

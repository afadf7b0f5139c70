import { meter } from './budget.ts';
import { checkFunction, isFunction } from './check-function.ts';
import { checkConstant, checkField, checkName, checkPattern, isTypeName } from './check-names.ts';
import {
  type Call,
  type Comprehension,
  type Expr,
  literalText,
  qualifiedName,
  type Select,
  type Struct,
} from './syntax.ts';
import type { Walk } from './walk.ts';

const MAX_DEPTH = 500;

/** What of `ctx` stays the same for a principal, whatever is asked. */
const PRINCIPAL_FIELDS: ReadonlySet<string> = new Set(['user', 'session', 'device', 'groups']);

const LOGICAL: ReadonlySet<string> = new Set(['_&&_', '_||_', '!_']);

/**
 * Finds what could only fail when the expression runs: unknown names and functions, fields of `ctx` that do not
 * exist, patterns that are no RE2. Comprehensions are metered on the way.
 */
export function check(expr: Expr, walk: Walk): void {
  visit(expr, walk, 0);
}

function visit(expr: Expr | undefined, walk: Walk, depth: number): void {
  if (expr === undefined) return;
  if (depth <= MAX_DEPTH) visitKind(expr, walk, depth + 1);
  else if (walk.problems.length === 0) walk.report(expr.id, 'the expression is nested too deeply');
}

function visitKind(expr: Expr, walk: Walk, depth: number): void {
  const { exprKind, id } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      checkConstant(exprKind.value.constantKind, id, walk);
      break;
    case 'identExpr':
      checkName(exprKind.value.name, id, walk);
      break;
    case 'selectExpr':
      visitSelect(expr, exprKind.value, walk, depth);
      break;
    case 'callExpr':
      visitCall(id, exprKind.value, walk, depth);
      break;
    case 'listExpr':
      for (const item of exprKind.value.elements) visit(item, walk, depth);
      break;
    case 'structExpr':
      visitStruct(id, exprKind.value, walk, depth);
      break;
    case 'comprehensionExpr':
      visitComprehension(id, exprKind.value, walk, depth);
      break;
    default:
      walk.report(id, 'this part of the expression cannot be read');
  }
}

function visitSelect(expr: Expr, { operand, field }: Select, walk: Walk, depth: number): void {
  if (isTypeName(expr)) return;
  if (!isOfPrincipal(operand, field)) visit(operand, walk, depth);
  checkField(expr.id, operand, field, walk);
}

/** `ctx.user` and the like, where `ctx` is read for nothing else. */
function isOfPrincipal(operand: Expr | undefined, field: string): boolean {
  return PRINCIPAL_FIELDS.has(field) && qualifiedName(operand) === 'ctx';
}

function visitCall(id: bigint, call: Call, walk: Walk, depth: number): void {
  const problem = checkFunction(call, walk.functions, walk.names);
  if (problem !== null) {
    walk.report(id, problem.message, problem.suggestion);
    return;
  }
  if (call.function === 'now') walk.principalOnly = false;
  if (!isFunction(call, walk.functions)) visit(call.target, walk, depth);
  for (const argument of call.args) {
    if (LOGICAL.has(call.function)) visitOperand(argument, walk, depth);
    else visit(argument, walk, depth);
  }
  if (call.function === 'matches') checkPattern(call.args.at(-1), walk);
  if (call.function === '_[_]') checkIndex(call, walk);
}

function visitOperand(operand: Expr, walk: Walk, depth: number): void {
  const before = walk.principalOnly;
  walk.principalOnly = true;
  visit(operand, walk, depth);
  if (walk.principalOnly) walk.ofPrincipal.add(operand);
  walk.principalOnly &&= before;
}

/** `ctx["user"]` is `ctx.user`. */
function checkIndex({ args: [operand, index] }: Call, walk: Walk): void {
  const field = literalText(index);
  if (field !== null && index !== undefined) checkField(index.id, operand, field, walk);
}

function visitStruct(id: bigint, struct: Struct, walk: Walk, depth: number): void {
  if (struct.messageName !== '') walk.report(id, `"${struct.messageName}" cannot be constructed here`);
  for (const { keyKind, value } of struct.entries) {
    if (keyKind.case === 'mapKey') visit(keyKind.value, walk, depth);
    visit(value, walk, depth);
  }
}

function visitComprehension(id: bigint, fold: Comprehension, walk: Walk, depth: number): void {
  visit(fold.iterRange, walk, depth);
  visit(fold.accuInit, walk, depth);
  if (walk.names.has(fold.iterVar)) walk.report(id, `the variable "${fold.iterVar}" hides another of that name`);
  const added = [fold.accuVar, fold.iterVar].filter((name) => !walk.names.has(name));
  for (const name of added) walk.names.add(name);
  for (const part of [fold.loopCondition, fold.loopStep, fold.result]) visit(part, walk, depth);
  for (const name of added) walk.names.delete(name);
  meter(id, fold);
}

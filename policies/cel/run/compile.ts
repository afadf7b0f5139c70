import { failure } from '../../values/failure.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { compileCall } from './call.ts';
import { compileList, compileMap } from './collections.ts';
import { Compiler, type CompilerParts } from './compiler.ts';
import { compileFold } from './fold.ts';
import { constantOperand, type Operand, operand } from './frame.ts';
import { compileIndex, compileOptionalField, compileOptionalIndex } from './indexing.ts';
import { compileAnd, compileConditional, compileNot, compileNotStrictlyFalse, compileOr } from './logic.ts';
import { compileIn } from './membership.ts';
import { compileOptionalOr } from './optional.ts';
import { compilePath, compileTest } from './path.ts';
import { compileEqual, compileNotEqual, compileOrder } from './relations.ts';
import { Scope } from './scope.ts';

type CompileCall = (call: Call, scope: Scope, compiler: Compiler) => Operand;

/** What the evaluator does itself, by the number of arguments. */
const OPERATORS: ReadonlyMap<string, readonly [arity: number, CompileCall]> = new Map<string, [number, CompileCall]>([
  ['_&&_', [2, compileAnd]],
  ['_||_', [2, compileOr]],
  ['!_', [1, compileNot]],
  ['_?_:_', [3, compileConditional]],
  ['@not_strictly_false', [1, compileNotStrictlyFalse]],
  ['_==_', [2, compileEqual]],
  ['_!=_', [2, compileNotEqual]],
  ['_<_', [2, compileOrder]],
  ['_<=_', [2, compileOrder]],
  ['_>_', [2, compileOrder]],
  ['_>=_', [2, compileOrder]],
  ['@in', [2, compileIn]],
  ['_[_]', [2, compileIndexOrPath]],
  ['_[?_]', [2, compileOptionalIndex]],
  ['_?._', [2, compileOptionalField]],
]);

const METHODS: ReadonlyMap<string, CompileCall> = new Map([
  ['or', compileOptionalOr],
  ['orValue', compileOptionalOr],
]);

/** Compiles a tree; `problems` of the compiler then has what can be told ahead. */
export function compileTree(
  expr: Expr,
  parts: Omit<CompilerParts, 'compile'>,
): { readonly root: Operand; readonly compiler: Compiler } {
  const compiler = new Compiler({ ...parts, compile: compileExpr });
  return { root: compiler.operand(expr, Scope.OUTERMOST), compiler };
}

function compileExpr(expr: Expr, scope: Scope, compiler: Compiler): Operand {
  switch (expr.kind) {
    case 'constant':
      return constantOperand(expr.value);
    case 'name':
      return compilePath(expr, scope, compiler);
    case 'select':
      return expr.isTest ? compileTest(expr, scope, compiler) : compilePath(expr, scope, compiler);
    case 'call':
      return compileAnyCall(expr, scope, compiler);
    case 'list':
      return compileList(expr, scope, compiler);
    case 'map':
      return compileMap(expr, scope, compiler);
    case 'message':
      return noMessages(expr.name, expr.at);
    case 'fold':
      return compiler.closed(scope, () => compileFold(expr, scope, compiler));
  }
}

function noMessages(name: string, at: number): Operand {
  const problem = failure(`unknown type "${name}"`, at);
  return operand(() => problem);
}

function compileAnyCall(call: Call, scope: Scope, compiler: Compiler): Operand {
  if (call.target !== null) {
    const isLazy = call.args.length === 1 ? METHODS.get(call.name) : undefined;
    return (isLazy ?? compileCall)(call, scope, compiler);
  }
  const [arity, compile] = OPERATORS.get(call.name) ?? [-1, compileCall];
  return (arity === call.args.length ? compile : compileCall)(call, scope, compiler);
}

function compileIndexOrPath(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [, index] = call.args;
  const isField = index?.kind === 'constant' && typeof index.value === 'string';
  return (isField ? compilePath : compileIndex)(call, scope, compiler);
}

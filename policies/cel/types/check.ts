import type { Environment } from '../environment.ts';
import type { Constant, Expr, Syntax } from '../syntax/ast.ts';
import type { Problem } from '../syntax/problem.ts';
import { typeOfCall } from './calls.ts';
import { Checking } from './checking.ts';
import { typeOfList, typeOfMap, typeOfMessage } from './collections.ts';
import { typeOfSelect } from './fields.ts';
import { typeOfFold } from './folds.ts';
import { typeOfName } from './names.ts';
import type { Reference } from './reference.ts';
import { TypeScope } from './scope.ts';
import * as T from './type.ts';

export interface Checked {
  /** What the expression gives. */
  readonly type: T.Type;
  /** All that is wrong with names, functions and types, in the order of the source. */
  readonly problems: readonly Problem[];
  /** What names and calls stand for, by the `id` of their nodes. */
  readonly references: ReadonlyMap<number, Reference>;
  /** By the `id` of the nodes. */
  readonly types: ReadonlyMap<number, T.Type>;
}

/** Checks names, functions and types, https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking */
export function check({ expr }: Syntax, environment: Environment): Checked {
  const checking = new Checking(environment, typeOf);
  checking.check(expr, TypeScope.OUTERMOST);
  const { variables, problems, references } = checking;
  const types = new Map(Array.from(checking.types, ([id, type]) => [id, variables.resolveAll(type)]));
  return { type: types.get(expr.id)!, problems: problems.sort((a, b) => a.at - b.at), references, types };
}

function typeOf(expr: Expr, scope: TypeScope, checking: Checking): T.Type {
  switch (expr.kind) {
    case 'constant':
      return typeOfConstant(expr.value);
    case 'name':
      return typeOfName(expr, scope, checking);
    case 'select':
      return typeOfSelect(expr, scope, checking);
    case 'call':
      return typeOfCall(expr, scope, checking);
    case 'list':
      return typeOfList(expr, scope, checking);
    case 'map':
      return typeOfMap(expr, scope, checking);
    case 'message':
      return typeOfMessage(expr, scope, checking);
    case 'fold':
      return typeOfFold(expr, scope, checking);
  }
}

function typeOfConstant(value: Constant['value']): T.Type {
  switch (typeof value) {
    case 'boolean':
      return T.BOOL;
    case 'bigint':
      return T.INT;
    case 'number':
      return T.DOUBLE;
    case 'string':
      return T.STRING;
    default:
      return value === null ? T.NULL : value instanceof Uint8Array ? T.BYTES : T.UINT;
  }
}

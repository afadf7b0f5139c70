import { didYouMean } from '../../../src/base/suggest.ts';
import type { Environment } from '../environment.ts';
import type { Expr, Name } from '../syntax/ast.ts';
import { candidatesOf, qualifiedName } from '../syntax/names.ts';
import type { Checking } from './checking.ts';
import type { TypeScope } from './scope.ts';
import { ERROR, type Type, typeOf } from './type.ts';
import { TYPE_NAMES } from './type-names.ts';

export function typeOfName(expr: Name, scope: TypeScope, checking: Checking): Type {
  const local = scope.find(expr.name);
  if (local === null) return typeOfQualified(expr, scope, checking) ?? unknownName(expr, scope, checking);
  checking.name(expr.id, expr.name);
  return local;
}

/** The type of `a.b.c` when that is declared as a whole; else `null`. */
export function typeOfQualified(expr: Expr, scope: TypeScope, checking: Checking): Type | null {
  const name = qualifiedName(expr);
  if (name === null || isLocal(name, scope)) return null;
  for (const candidate of candidatesOf(name, checking.environment.container)) {
    const type = declaredType(candidate, checking.environment);
    if (type === null) continue;
    checking.name(expr.id, candidate);
    return type;
  }
  return null;
}

/** Whether the first part of a name is a variable of a macro, which hides what is declared. */
export function isLocal(name: string, scope: TypeScope): boolean {
  return scope.find(name.split('.', 1)[0] ?? '') !== null;
}

/** Whether a name, or what stands before one of its dots, is that of a variable or of a type. */
export function isDeclared(expr: Expr, environment: Environment): boolean {
  const name = qualifiedName(expr);
  const isOne =
    name !== null && candidatesOf(name, environment.container).some((one) => declaredType(one, environment) !== null);
  return isOne || (expr.kind === 'select' && isDeclared(expr.operand, environment));
}

function declaredType(name: string, { variables }: Environment): Type | null {
  const type = TYPE_NAMES.get(name);
  return variables.get(name) ?? (type === undefined ? null : typeOf(type));
}

function unknownName({ name, at }: Name, scope: TypeScope, checking: Checking): Type {
  const { variables } = checking.environment;
  const known = [...scope.names(), ...variables.keys(), ...TYPE_NAMES.keys()];
  const holder = [...variables].find(([, type]) => type.kind === 'object' && type.fields.has(name));
  const suggestion = holder === undefined ? didYouMean(name, known) : `did you mean "${holder[0]}.${name}"?`;
  checking.tell(at, `unknown name "${name}"`, suggestion);
  return ERROR;
}

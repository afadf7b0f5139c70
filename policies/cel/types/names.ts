import { didYouMean } from '../../../src/base/suggest.ts';
import type { Environment } from '../environment.ts';
import type { Expr, Name } from '../syntax/ast.ts';
import { candidatesOf, qualifiedName } from '../syntax/names.ts';
import type { Checking } from './checking.ts';
import { elsewhere } from './elsewhere.ts';
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
  checking.tell(at, `unknown name "${name}"`, suggestionFor(name, scope, checking.environment));
  return ERROR;
}

function suggestionFor(name: string, scope: TypeScope, { variables }: Environment): string {
  const known = [...scope.names(), ...variables.keys(), ...TYPE_NAMES.keys()];
  const path = PATHS.get(name) ?? pathTo(name, variables);
  if (path !== null) return `did you mean "${path}"?`;
  return didYouMean(name, known) ?? `a text needs quotes: "${name}"`;
}

/** Names that stand in more than one place. */
const PATHS: ReadonlyMap<string, string> = new Map([['attrs', 'ctx.service.spec.attrs']]);

function pathTo(name: string, variables: Environment['variables']): string | null {
  for (const [root, type] of variables) {
    const path = elsewhere(type, [], name);
    if (path !== null) return [root, ...path].join('.');
  }
  return null;
}

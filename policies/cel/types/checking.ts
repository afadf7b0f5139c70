import type { Environment } from '../environment.ts';
import type { Overload } from '../library/overload.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Problem } from '../syntax/problem.ts';
import { isAssignable } from './assign.ts';
import type { Reference } from './reference.ts';
import type { TypeScope } from './scope.ts';
import { typeText } from './text.ts';
import type { Type } from './type.ts';
import { TypeVariables } from './variables.ts';

/** The type of one kind of node; what it finds wrong it tells. */
export type TypeOf<E extends Expr = Expr> = (expr: E, scope: TypeScope, checking: Checking) => Type;

/** The check of one expression. */
export class Checking {
  readonly environment: Environment;
  readonly variables = new TypeVariables();
  readonly problems: Problem[] = [];
  readonly references = new Map<number, Reference>();
  readonly types = new Map<number, Type>();
  readonly #typeOf: TypeOf;

  constructor(environment: Environment, typeOf: TypeOf) {
    this.environment = environment;
    this.#typeOf = typeOf;
  }

  /** The type of a part, with variables as they are known so far. */
  check(expr: Expr, scope: TypeScope): Type {
    const type = this.#typeOf(expr, scope, this);
    this.types.set(expr.id, type);
    return this.variables.resolve(type);
  }

  /** Tells when a part that has been checked is not of the type that is needed there. */
  expect(wanted: Type, type: Type, expr: Expr): void {
    if (isAssignable(type, wanted, this.variables)) return;
    this.tell(expr.at, `expected ${this.text(wanted)}, but this is ${this.text(type)}`);
  }

  tell(at: number, message: string, suggestion: string | null = null): void {
    this.problems.push({ at, message, suggestion });
  }

  name(id: number, name: string): void {
    this.references.set(id, { kind: 'name', name });
  }

  overloads(id: number, overloads: readonly Overload[]): void {
    this.references.set(id, { kind: 'overloads', overloads });
  }

  text(type: Type): string {
    return typeText(this.variables.resolveAll(type));
  }
}

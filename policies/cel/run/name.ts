import { failure } from '../../values/failure.ts';
import type { Value } from '../../values/value.ts';
import type { Environment } from '../environment.ts';
import type { Expr } from '../syntax/ast.ts';
import { candidatesOf, qualifiedName } from '../syntax/names.ts';
import type { Compiler } from './compiler.ts';
import { constantOperand, type Operand, operand, type Step } from './frame.ts';
import type { Scope } from './scope.ts';
import { TYPE_VALUES } from './type-values.ts';

/** What a name stands for. */
export interface Named {
  readonly operand: Operand;
  /** The full name of the variable; `null` for variables of folds, and for what is known ahead. */
  readonly path: string | null;
}

/** What the expression stands for as a name of its own, with all its dots; `null` when it is no such name. */
export function namedBy(expr: Expr, scope: Scope, compiler: Compiler): Named | null {
  const name = qualifiedName(expr);
  if (name === null) return null;
  const slot = expr.kind === 'name' ? scope.slotOf(name) : undefined;
  if (slot !== undefined) return ofFold(slot, compiler);
  if (scope.slotOf(rootOf(name)) !== undefined) return null;
  const found = compiler.resolution.nameOf(expr.id) ?? declaredName(name, compiler.environment);
  if (found !== undefined) return declared(found, expr.at, compiler);
  return expr.kind === 'name' ? undeclared(name, expr.at, compiler.environment) : null;
}

function ofFold(slot: number, compiler: Compiler): Named {
  compiler.readSlot(slot);
  return { operand: operand((frame) => frame.slots[slot]!), path: null };
}

function declaredName(name: string, environment: Environment): string | undefined {
  return candidatesOf(name, environment.container).find((one) => isDeclared(one, environment));
}

function rootOf(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

function isDeclared(name: string, { variables }: Environment): boolean {
  return variables.has(name) || TYPE_VALUES.has(name);
}

function declared(name: string, at: number, compiler: Compiler): Named {
  const known = typeNamed(name, compiler.environment) ?? compiler.givenValue(name);
  if (known !== undefined) return { operand: constantOperand(known), path: null };
  return { operand: operand(variable(name, at)), path: name };
}

function typeNamed(name: string, { variables }: Environment): Value | undefined {
  return (variables.get(name)?.kind ?? 'type') === 'type' ? TYPE_VALUES.get(name) : undefined;
}

function variable(name: string, at: number): Step {
  const unbound = failure(`the name "${name}" has no value`, at);
  return (frame) => {
    const value = frame.bindings.get(name);
    return value === undefined ? unbound : value;
  };
}

/** A name that nobody declared, in a tree that was not checked: whatever the bindings have for it. */
function undeclared(name: string, at: number, { container }: Environment): Named {
  const candidates = candidatesOf(name, container);
  const unknown = failure(`unknown name "${name}"`, at);
  const find: Step = ({ bindings }) => {
    const found = candidates.find((one) => bindings.get(one) !== undefined);
    return found === undefined ? unknown : (bindings.get(found) as Value);
  };
  return { operand: operand(find), path: name };
}

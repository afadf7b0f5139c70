import { Failure, failure } from '../../values/failure.ts';
import type { Overload, Run } from '../library/overload.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { candidatesOf, qualifiedName } from '../syntax/names.ts';
import type { Argument, Compiler } from './compiler.ts';
import { dispatch } from './dispatch.ts';
import { Form, failing } from './form.ts';
import { type Operand, operand } from './frame.ts';
import type { Scope } from './scope.ts';

/** What a call means as far as that is known ahead. */
interface Callee {
  readonly name: string;
  /** Those with the right number of parameters. */
  readonly overloads: readonly Overload[];
  /** The target first where it is one and no part of the name. */
  readonly args: readonly Expr[];
}

/** A call of a function, or of an operator that is nothing but one. */
export function compileCall(call: Call, scope: Scope, compiler: Compiler): Operand {
  const { name, overloads, args } = calleeOf(call, scope, compiler);
  const given = args.map((arg) => compiler.argument(arg, scope));
  const parts = given.map(({ part }) => part);
  const steps = parts.map(({ run }) => run);
  const isVolatile = overloads.some((overload) => overload.isVolatile === true);
  if (isVolatile) compiler.read(`${name}()`);
  const forms = overloads.map((overload) => formOf(overload, given, args, compiler));
  if (forms.length === 0) return operand(() => unknownFunction(name, call.at));
  const step = dispatch(name, forms, steps, call.at);
  return isVolatile ? operand(step) : compiler.strict(step, parts);
}

function unknownFunction(name: string, at: number): Failure {
  return failure(`no such overload: ${name}`, at);
}

function calleeOf(call: Call, scope: Scope, compiler: Compiler): Callee {
  const resolved = compiler.resolution.overloadsOf(call.id);
  if (resolved !== undefined) return resolvedCallee(call, resolved);
  const { functions, container } = compiler.environment;
  const full = call.target === null ? call.name : namespacedName(call.target, call.name, scope);
  const found = full === null ? undefined : candidatesOf(full, container).find((one) => functions.has(one));
  if (found !== undefined) return callee(found, functions.get(found), false, call.args);
  if (call.target === null) return { name: call.name, overloads: [], args: call.args };
  return callee(call.name, functions.get(call.name), true, [call.target, ...call.args]);
}

function resolvedCallee({ target, args }: Call, overloads: readonly Overload[]): Callee {
  const isMethod = overloads[0]?.isMethod === true;
  const name = overloads[0]?.name ?? '';
  return callee(name, overloads, isMethod, isMethod && target !== null ? [target, ...args] : args);
}

function callee(name: string, all: readonly Overload[] = [], isMethod: boolean, args: readonly Expr[]): Callee {
  const overloads = all.filter((one) => one.isMethod === isMethod && one.params.length === args.length);
  return { name, overloads, args };
}

/** `net.isIP`, where `net` is no variable of a fold. */
function namespacedName(target: Expr, name: string, scope: Scope): string | null {
  const namespace = qualifiedName(target);
  if (namespace === null || scope.slotOf(namespace.split('.', 1)[0] ?? '') !== undefined) return null;
  return `${namespace}.${name}`;
}

/**
 * The overload, prepared for the arguments that are known from the text. What a given variable brings is kept to the
 * limits of data: a pattern, say, may be shorter then.
 */
function formOf(overload: Overload, given: readonly Argument[], args: readonly Expr[], compiler: Compiler): Form {
  const known = given.map(({ part, isGiven }) => (isGiven ? undefined : part.constant));
  if (overload.prepare === undefined || known.every((value) => value === undefined))
    return new Form(overload, overload.run);
  const prepared: Run | Failure = overload.prepare(known);
  if (!(prepared instanceof Failure)) return new Form(overload, prepared);
  const culprit = args[known.findLastIndex((value) => value !== undefined)]!;
  compiler.problems.push({ at: culprit.start, message: prepared.message, suggestion: null });
  return new Form(overload, failing(prepared));
}

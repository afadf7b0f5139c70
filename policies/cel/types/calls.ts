import type { Overload } from '../library/overload.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { candidatesOf, qualifiedName } from '../syntax/names.ts';
import { isAssignable } from './assign.ts';
import type { Checking } from './checking.ts';
import { checkWords } from './closed-words.ts';
import { typeOfField, typeOfOptionalSelect } from './fields.ts';
import { dashedName, looksLikeMacro } from './habits.ts';
import { isDeclared, isLocal } from './names.ts';
import { isMixedOrder, resolve } from './overloads.ts';
import type { TypeScope } from './scope.ts';
import { BOOL, ERROR, optionalOf, type Type } from './type.ts';
import { isMacroName, noForm, unknownFunction, wrongDash, wrongMacro } from './wrong-calls.ts';

export function typeOfCall(call: Call, scope: TypeScope, checking: Checking): Type {
  if (call.target === null && call.name === '_?._') return typeOfOptionalSelect(call, scope, checking);
  const dashed = typeOfDashed(call, scope, checking);
  if (dashed !== null) return dashed;
  const callee = calleeOf(call, scope, checking);
  const { name, overloads, target } = callee;
  if (overloads === null && isMacroName(call.name)) return wrongMacro(call, checking);
  if (overloads === null && looksLikeMacro(call)) return unknownFunction(call, name, true, checking);
  const types = (target === null ? call.args : [target, ...call.args]).map((arg) => checking.check(arg, scope));
  if (overloads === null) return unknownFunction(call, name, target !== null, checking);
  return OPERATORS.get(name)?.(call, types, checking) ?? typeOfForms(call, callee, types, checking);
}

/** A text with a dash in its name, read as the difference of texts; `null` where it may be one of numbers. */
function typeOfDashed(call: Call, scope: TypeScope, checking: Checking): Type | null {
  const dashed = dashedName(call);
  if (dashed === null) return null;
  const holder = checking.check(dashed.holder, scope);
  if (holder.kind === 'error') return holder;
  const isOfTexts = holder.kind === 'map' && (holder.value.kind === 'string' || holder.value.kind === 'list');
  return isOfTexts ? wrongDash(call, dashed.key, checking) : null;
}

/** What a call means. */
export interface Callee {
  /** With its namespace where it has one. */
  readonly name: string;
  /** `null`: there is nothing of that name. */
  readonly overloads: readonly Overload[] | null;
  /** `null` also when what stands there is a namespace. */
  readonly target: Expr | null;
}

function calleeOf({ name, target }: Call, scope: TypeScope, { environment }: Checking): Callee {
  const { functions, container } = environment;
  const namespace = target === null ? null : namespaceOf(target, scope);
  const full = target === null ? name : namespace === null ? null : `${namespace}.${name}`;
  const found = full === null ? undefined : candidatesOf(full, container).find((one) => functions.has(one));
  if (found !== undefined) return { name: found, overloads: functions.get(found) ?? null, target: null };
  const isMethod = target !== null && (namespace === null || functions.has(name) || isDeclared(target, environment));
  if (!isMethod) return { name: full ?? name, overloads: null, target: null };
  return { name, overloads: functions.get(name) ?? null, target };
}

function namespaceOf(target: Expr, scope: TypeScope): string | null {
  const name = qualifiedName(target);
  return name === null || isLocal(name, scope) ? null : name;
}

function typeOfForms(call: Call, callee: Callee, types: readonly Type[], checking: Checking): Type {
  const { overloads, target } = callee;
  const { environment, variables } = checking;
  const isMixing = environment.comparesMixedNumbers === true;
  const candidates = (overloads ?? []).filter(
    (overload) => overload.isMethod === (target !== null) && (isMixing || !isMixedOrder(overload)),
  );
  const resolved = resolve(candidates, types, variables);
  if (resolved === null && types.some(({ kind }) => kind === 'error')) return ERROR;
  if (resolved === null) return noForm(call, callee, types, checking);
  checkWords(call, checking);
  checking.overloads(call.id, resolved.overloads);
  return resolved.result;
}

/** `null`: as any other function. */
type TypeOfOperator = (call: Call, types: readonly Type[], checking: Checking) => Type | null;

const OPERATORS: ReadonlyMap<string, TypeOfOperator> = new Map([
  ['_&&_', connective],
  ['_||_', connective],
  ['_?_:_', conditional],
  ['_[_]', fieldByIndex],
  ['_[?_]', optionalFieldByIndex],
]);

/** Mistakes are told of each side. */
function connective(call: Call, types: readonly Type[], checking: Checking): Type {
  types.forEach((type, i) => {
    checking.expect(BOOL, type, call.args[i]!);
  });
  checking.overloads(call.id, checking.environment.functions.get(call.name) ?? []);
  return BOOL;
}

function conditional(call: Call, [condition]: readonly Type[], checking: Checking): Type | null {
  if (isAssignable(condition!, BOOL, checking.variables)) return null;
  checking.expect(BOOL, condition!, call.args[0]!);
  return ERROR;
}

/** `object["field"]` is `object.field`. */
function fieldByIndex(call: Call, [operand]: readonly Type[], checking: Checking): Type | null {
  const [, index] = call.args;
  if (!isObject(operand!) || index?.kind !== 'constant' || typeof index.value !== 'string') return null;
  return typeOfField(operand!, { name: index.value, at: index.at }, checking);
}

function optionalFieldByIndex(call: Call, types: readonly Type[], checking: Checking): Type | null {
  const type = fieldByIndex(call, types, checking);
  return type === null || type.kind === 'optional' ? type : optionalOf(type);
}

function isObject(type: Type): boolean {
  return type.kind === 'object' || (type.kind === 'optional' && type.of.kind === 'object');
}

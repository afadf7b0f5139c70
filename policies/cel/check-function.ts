import type { CelFunc } from '@bufbuild/cel';
import { didYouMean } from '../../src/base/suggest.ts';
import { type Call, qualifiedName } from './syntax.ts';

export type Functions = ReadonlyMap<string, readonly CelFunc[]>;

/** What the evaluator does itself, without a function. */
const BUILT_IN: ReadonlySet<string> = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false']);

/** Macros that are still calls after parsing were written in a form that they do not have. */
const MACROS: ReadonlyMap<string, string> = new Map([
  ['has', 'has(value.field)'],
  ['all', 'list.all(item, condition)'],
  ['exists', 'list.exists(item, condition)'],
  ['exists_one', 'list.exists_one(item, condition)'],
  ['filter', 'list.filter(item, condition)'],
  ['map', 'list.map(item, expression)'],
]);

export interface FunctionProblem {
  readonly message: string;
  readonly suggestion: string | null;
}

/** Whether the call's target is a part of the function's name, as in `net.isIP(x)`. */
export function isFunction(call: Call, functions: Functions): boolean {
  const name = namespacedName(call);
  return name !== null && functions.has(name);
}

/** `null` when there is such a function with such a number of arguments. */
export function checkFunction(call: Call, functions: Functions, names: ReadonlySet<string>): FunctionProblem | null {
  if (BUILT_IN.has(call.function)) return null;
  const macro = MACROS.get(call.function);
  if (macro !== undefined) return problem(`"${call.function}" is not written like this`, `write ${macro}`);
  const full = namespacedName(call);
  if (full !== null && functions.has(full)) return checkForm(full, false, call, functions);
  if (full !== null && !names.has(rootOf(full))) return unknown(full, functions);
  const known = functions.has(call.function);
  return known
    ? checkForm(call.function, call.target !== undefined, call, functions)
    : unknown(call.function, functions);
}

function checkForm(name: string, isMethod: boolean, call: Call, functions: Functions): FunctionProblem | null {
  const all = functions.get(name) ?? [];
  const fits = all.some((fn) => (fn.target !== undefined) === isMethod && fn.arguments.length === call.args.length);
  if (fits) return null;
  const forms = [...new Set(all.map(formOf))].slice(0, 4).join(', ');
  return problem(`"${name}" cannot be called like this`, `it has the form ${forms}`);
}

function formOf(fn: CelFunc): string {
  const target = fn.target === undefined ? '' : `${fn.target.name}.`;
  return `${target}${fn.name}(${fn.arguments.map((type) => type.name).join(', ')})`;
}

function unknown(name: string, functions: Functions): FunctionProblem {
  const named = [...functions.keys()].filter((known) => /^[a-z]/i.test(known));
  return { message: `unknown function "${name}"`, suggestion: didYouMean(name, named) };
}

function problem(message: string, suggestion: string): FunctionProblem {
  return { message, suggestion };
}

function namespacedName(call: Call): string | null {
  const prefix = qualifiedName(call.target);
  return prefix === null ? null : `${prefix}.${call.function}`;
}

function rootOf(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

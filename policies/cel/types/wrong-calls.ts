import { didYouMean } from '../../../src/base/suggest.ts';
import type { Call } from '../syntax/ast.ts';
import type { Callee } from './calls.ts';
import type { Checking } from './checking.ts';
import { argumentHabit, functionHabit } from './habits.ts';
import { repairOf } from './repairs.ts';
import { typeText, typeTexts } from './text.ts';
import { ERROR, type Type } from './type.ts';

/** How operators are written, and what macros make, where the name of the function does not say it. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['@in', 'in'],
  ['_[_]', '[]'],
  ['_[?_]', '[?]'],
  ['_?_:_', '?:'],
  ['math.@max', 'math.greatest'],
  ['math.@min', 'math.least'],
  ['@sortByAssociatedKeys', 'sortBy'],
  ['cel.@mapInsert', 'transformMapEntry'],
]);

const OPERATOR = /[^\w.@]|^@in$/;

function written(name: string): string {
  return WRITTEN.get(name) ?? (OPERATOR.test(name) ? name.replaceAll('_', '') : name);
}

/** Forms of macros: a call that is still one after parsing was written in another. */
const MACRO_FORMS: ReadonlyMap<string, string> = new Map([
  ['has', 'has(value.field)'],
  ...['all', 'exists', 'exists_one', 'existsOne', 'filter'].map(
    (name) => [name, `list.${name}(item, condition)`] as const,
  ),
  ['map', 'list.map(item, value)'],
  ['transformList', 'list.transformList(index, item, value)'],
  ['transformMap', 'map.transformMap(key, value, newValue)'],
  ['transformMapEntry', 'map.transformMapEntry(key, value, {newKey: newValue})'],
  ['sortBy', 'list.sortBy(item, key)'],
  ['optMap', 'optional.optMap(name, value)'],
  ['optFlatMap', 'optional.optFlatMap(name, optional)'],
  ['bind', 'cel.bind(name, value, result)'],
]);

/** The name of a function stands before the bracket that `at` is the place of. */
function placeOf({ name, at }: Call): number {
  return name.includes('@') || OPERATOR.test(name) ? at : at - name.length;
}

export function isMacroName(name: string): boolean {
  return MACRO_FORMS.has(name);
}

export function wrongMacro(call: Call, checking: Checking): Type {
  checking.tell(placeOf(call), `"${call.name}" is not written like this`, `write ${MACRO_FORMS.get(call.name)}`);
  return ERROR;
}

/** A call of something that nobody has declared; `name` has its namespace. */
export function unknownFunction(call: Call, name: string, isMethod: boolean, checking: Checking): Type {
  const known = [...checking.environment.functions].filter(([, forms]) =>
    forms.some((one) => one.isMethod === isMethod),
  );
  const names = known.map(([one]) => one).filter((one) => !OPERATOR.test(one) && !one.includes('@'));
  const suggestion = functionHabit(name) ?? didYouMean(name, names);
  checking.tell(placeOf(call), `unknown function "${name}"`, suggestion);
  return ERROR;
}

/** A call with arguments that no form of the function takes; `types` begin with that of the target of a method. */
export function noForm(call: Call, callee: Callee, types: readonly Type[], checking: Checking): Type {
  const resolved = types.map((type) => checking.variables.resolveAll(type));
  const { message, suggestion } = OPERATOR.test(call.name) ? noOperator(call, resolved) : noFunction(callee, resolved);
  const args = callee.target === null ? call.args : [callee.target, ...call.args];
  checking.tell(placeOf(call), message, argumentHabit(call.name, args, resolved) ?? suggestion);
  return ERROR;
}

/** `headers.x-team` */
export function wrongDash({ at }: Call, key: string, checking: Checking): Type {
  checking.tell(at, 'this is read as a minus', `a name with "-" stands in brackets: ["${key}"]`);
  return ERROR;
}

interface Told {
  readonly message: string;
  readonly suggestion: string | null;
}

const NUMBERS: ReadonlySet<Type['kind']> = new Set(['int', 'uint', 'double']);

function noOperator({ name }: Call, types: readonly Type[]): Told {
  const texts = types.map(typeText);
  if (name === '_[_]' || name === '_[?_]') {
    return { message: `${texts[0]} cannot be indexed with ${texts[1]}`, suggestion: null };
  }
  const areNumbers = types.length === 2 && types.every(({ kind }) => NUMBERS.has(kind));
  const suggestion = areNumbers ? `convert one of them: ${texts[0]}(…) or ${texts[1]}(…)` : repairOf(name, types);
  return { message: `there is no operator ${written(name)} for (${texts.join(', ')})`, suggestion };
}

const SHOWN_FORMS = 4;

function noFunction({ name, target, overloads }: Callee, types: readonly Type[]): Told {
  const forms = new Set((overloads ?? []).map(({ isMethod, params }) => form(name, isMethod, params)));
  return {
    message: `"${written(name)}" cannot be called like this: ${form(name, target !== null, types)}`,
    suggestion: `it has the form ${[...forms].slice(0, SHOWN_FORMS).join(', ')}`,
  };
}

function form(name: string, isMethod: boolean, params: readonly Type[]): string {
  const [target, ...args] = params;
  return isMethod && target !== undefined
    ? `${typeText(target)}.${written(name)}(${typeTexts(args)})`
    : `${written(name)}(${typeTexts(params)})`;
}

import { type Builtin, define, fail } from '../builtins/builtin.ts';
import { type BuiltinError, isList, itemsOf, type RegoValue } from '../value.ts';

/** With `--strict-builtin-errors` OPA fails wherever a function has no result, but for these. */
export function undefinedHere(): BuiltinError {
  return fail('it is not defined for these operands');
}

/** Longer texts are not made, in UTF-16 code units. */
const LONGEST = 4 * 1024 * 1024;

/** What OPA gives where its own function in a module gives nothing. */
export const ANSWERS: ReadonlyMap<string, Builtin> = new Map([
  ['base64.decode', ofEmptyText],
  ['base64url.decode', ofEmptyText],
  ['max', ofNothing],
  ['min', ofNothing],
  ['object.union_n', ([list = null]) => (isList(list) && list.length === 0 ? new Map() : undefinedHere())],
  define('replace', ['string', 'string', 'string'], ([text, old, by]) => replaceAll(text, old, by)),
]);

function ofEmptyText([text]: readonly RegoValue[]): ReturnType<Builtin> {
  return text === '' ? '' : undefinedHere();
}

/** The largest of none is undefined, and no error. */
function ofNothing([items = null]: readonly RegoValue[]): ReturnType<Builtin> {
  return itemsOf(items)?.length === 0 ? undefined : undefinedHere();
}

/** An empty text is found before each character and at the end. */
function replaceAll(text: string, old: string, by: string): ReturnType<Builtin> {
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const length = text.length + (parts.length - 1) * by.length;
  return length > LONGEST ? fail('the result is too long') : parts.join(by);
}

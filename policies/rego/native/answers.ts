import { type Builtin, define, fail } from '../builtins/builtin.ts';
import { type BuiltinError, isList, itemsOf, type RegoValue } from '../value.ts';
import { MAX_DIGITS } from '../value-reader.ts';

/** With `--strict-builtin-errors` OPA fails wherever a function has no result, but for these. */
export function undefinedHere(): BuiltinError {
  return fail('it is not defined for these operands');
}

/** Longer texts are not made, in UTF-16 code units. */
const LONGEST = 4 * 1024 * 1024;

const LONG_NUMBER = new RegExp(`(?<!\\d)\\d{${MAX_DIGITS + 1}}`);

/** An error for a text with a number that the functions of a module cannot compute with. */
export function checkNumbers([text]: readonly RegoValue[]): BuiltinError | undefined {
  return typeof text === 'string' && LONG_NUMBER.test(text)
    ? fail(`a number has more than ${MAX_DIGITS} digits`)
    : undefined;
}

/** What OPA gives where its own function in a module gives nothing. */
export const ANSWERS: ReadonlyMap<string, Builtin> = new Map([
  ['base64.decode', ofEmptyText],
  ['base64url.decode', ofEmptyText],
  ['max', ofNothing],
  ['min', ofNothing],
  ['object.union_n', ([list = null]) => (isList(list) && list.length === 0 ? new Map() : undefinedHere())],
  define('replace', ['string', 'string', 'string'], ([text, old, by], { work }) => {
    work.chargeText(text.length);
    work.chargeSearch(text.length, old.length);
    return replaceAll(text, old, by);
  }),
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

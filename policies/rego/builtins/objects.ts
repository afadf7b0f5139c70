import { type BuiltinResult, isList, isObject, type RegoObject, RegoSet, type RegoValue } from '../value.ts';
import { writeValue } from '../value-text.ts';
import { define, fail } from './builtin.ts';
import { patch } from './json-patch.ts';
import { runsOf } from './runs.ts';

export const OBJECTS = [
  define('object.subset', ['any', 'any'], ([whole, part], { work }): BuiltinResult => {
    work.chargeValue(whole);
    work.chargeValue(part);
    // below the top, a set is in no array
    if (isList(whole) && part instanceof RegoSet) return holdsAll(whole, part.items);
    if (!isComparable(whole, part)) return fail('both must be objects, sets or arrays, or an array and a set');
    return isSubset(whole, part);
  }),
  define('json.patch', ['any', 'array'], ([document, operations], { work }) => patch(document, operations, work)),
];

function isComparable(whole: RegoValue, part: RegoValue): boolean {
  return (
    (isList(whole) && isList(part)) ||
    (isObject(whole) && isObject(part)) ||
    (whole instanceof RegoSet && part instanceof RegoSet)
  );
}

/** Whether all of `part` is in `whole`; objects and what is in them part by part. */
function isSubset(whole: RegoValue, part: RegoValue): boolean {
  if (isObject(whole) && isObject(part)) return objectHas(whole, part);
  if (whole instanceof RegoSet && part instanceof RegoSet) return holdsAll(whole.items, part.items);
  if (isList(whole) && isList(part)) return hasRun(whole.map(writeValue), part.map(writeValue));
  return false;
}

function objectHas(whole: RegoObject, part: RegoObject): boolean {
  const values = new Map([...whole].map(([key, value]) => [writeValue(key), value]));
  return [...part].every(([key, value]) => {
    const other = values.get(writeValue(key));
    if (other === undefined) return false;
    return isScalar(other) || isScalar(value) ? writeValue(other) === writeValue(value) : isSubset(other, value);
  });
}

function isScalar(value: RegoValue): boolean {
  return typeof value !== 'object' || value === null;
}

function holdsAll(whole: readonly RegoValue[], part: readonly RegoValue[]): boolean {
  const known = new Set(whole.map(writeValue));
  return part.every((item) => known.has(writeValue(item)));
}

/** Whether the items stand there one after the other. */
function hasRun(whole: readonly string[], part: readonly string[]): boolean {
  return part.length === 0 || runsOf(whole, part).next().done === false;
}

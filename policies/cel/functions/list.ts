import { type CelFunc, type CelList, CelScalar, type CelValue, celMethod, isCelUint, listType } from '@bufbuild/cel';
import { isMessage } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';

const { BOOL, DYN } = CelScalar;
const LIST = listType(DYN);

export const LIST_FUNCTIONS: readonly CelFunc[] = [
  celMethod('hasAny', LIST, [LIST], BOOL, function (wanted) {
    const present = keysOf(this);
    return Array.from(wanted).some((item) => present.has(keyOf(item)));
  }),
  celMethod('hasAll', LIST, [LIST], BOOL, function (wanted) {
    const present = keysOf(this);
    return Array.from(wanted).every((item) => present.has(keyOf(item)));
  }),
  celMethod('min', LIST, [], DYN, function () {
    return extreme(this, 'min', -1);
  }),
  celMethod('max', LIST, [], DYN, function () {
    return extreme(this, 'max', 1);
  }),
];

function keysOf(list: CelList): Set<string> {
  return new Set(Array.from(list, keyOf));
}

/** Equal scalars have equal keys, numbers across their types as `==` has it. */
function keyOf(value: CelValue): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'boolean':
      return `b${value}`;
    case 'bigint':
    case 'number':
      return `n${value}`;
    default:
      if (isCelUint(value)) return `n${value.value}`;
      throw new TypeError('hasAny and hasAll compare strings, numbers and bools');
  }
}

function extreme(list: CelList, name: string, sign: 1 | -1): CelValue {
  let best: CelValue | undefined;
  for (const item of list) if (best === undefined || Math.sign(compare(item, best, name)) === sign) best = item;
  if (best === undefined) throw new RangeError(`${name}: the list is empty`);
  comparable(best, name);
  return best;
}

function compare(a: CelValue, b: CelValue, name: string): number {
  const left = comparable(a, name);
  const right = comparable(b, name);
  if (typeof left !== typeof right) throw new TypeError(`${name}: the items have different types`);
  return left < right ? -1 : left > right ? 1 : 0;
}

function comparable(value: CelValue, name: string): string | number | bigint {
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number') return value;
  if (isCelUint(value)) return value.value;
  const message = isReflectMessage(value) ? value.message : null;
  if (isMessage(message, TimestampSchema) || isMessage(message, DurationSchema)) return nanoseconds(message);
  throw new TypeError(`${name}: the items are not strings, numbers, timestamps or durations`);
}

function nanoseconds(time: { readonly seconds: bigint; readonly nanos: number }): bigint {
  return time.seconds * 1_000_000_000n + BigInt(time.nanos);
}

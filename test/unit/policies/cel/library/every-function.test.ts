import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FUNCTIONS } from '../../../../../policies/cel/library/functions.ts';
import type { Caller, Overload } from '../../../../../policies/cel/library/overload.ts';
import { OPERATORS } from '../../../../../policies/cel/library/standard/operators.ts';
import { accepts, runtimeShape } from '../../../../../policies/cel/run/accepts.ts';
import { Form } from '../../../../../policies/cel/run/form.ts';
import type { Type } from '../../../../../policies/cel/types/type.ts';
import { Failure } from '../../../../../policies/values/failure.ts';
import { FullMap, storedKey } from '../../../../../policies/values/map.ts';
import { Duration, FIRST_SECOND, LAST_SECOND, Timestamp } from '../../../../../policies/values/time.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../../../../policies/values/value.ts';

/** The evaluator does operators itself. */
const OVERLOADS = [...FUNCTIONS.values()].flat().filter((overload) => !OPERATORS.includes(overload));

const int = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -3n, max: 9n }));
const uint = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => new Uint(value));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '%s %.3f',
    '%',
    '[',
    '(',
    '{"a":1}',
    '::1',
    '10.0.0.0/8',
    'Europe/Berlin',
    '+02:00',
    '1h',
    '\ud800',
    '',
  ),
);
const seconds = fc.integer({ min: FIRST_SECOND, max: LAST_SECOND });
const nanos = fc.integer({ min: 0, max: 999_999_999 });

const BY_KIND = {
  null: fc.constant(null),
  bool: fc.boolean(),
  int,
  uint,
  double: fc.double(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 8 }),
  timestamp: fc.tuple(seconds, nanos).map(([s, n]) => new Timestamp(s, n)),
  duration: fc.tuple(fc.integer({ min: 0 }), nanos).map(([s, n]) => new Duration(s, n)),
  type: fc.constant(new TypeValue('int')),
} satisfies Partial<Record<Type['kind'], fc.Arbitrary<Value>>>;

const scalar: fc.Arbitrary<Value> = fc.oneof<fc.Arbitrary<Value>[]>(...Object.values(BY_KIND));
const ofOneKind = Object.values<fc.Arbitrary<Value>>(BY_KIND).map((kind) => fc.array(kind));
const list = fc.oneof(fc.array(scalar, { maxLength: 5 }), ...ofOneKind);
const map = fc
  .uniqueArray(fc.tuple(fc.oneof(text, fc.boolean(), fc.bigInt({ min: 0n, max: 9n })), fc.oneof(scalar, list)), {
    selector: ([key]) => key,
    maxLength: 4,
  })
  .map(
    (entries) =>
      new FullMap(
        entries.map(([key]) => key),
        new Map(entries.map(([key, value]) => [storedKey(key)!, value])),
      ),
  );
const optional = fc.oneof(
  fc.constant(Optional.NONE),
  scalar.map((value) => new Optional(value)),
);
const anything: fc.Arbitrary<Value> = fc.oneof(scalar, list, map, optional, fc.array(fc.oneof(list, map, optional)));

function arbitraryOf(type: Type): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'list':
      return fc.oneof(list, fc.array(arbitraryOf(type.element), { maxLength: 5 }));
    case 'map':
      return map;
    case 'optional':
      return optional;
    default:
      return type.kind in BY_KIND ? BY_KIND[type.kind as keyof typeof BY_KIND] : anything;
  }
}

function newCaller(): Caller {
  let left = 1_000_000;
  return {
    time: 0,
    spend: (units) => {
      assert.ok(units >= 0, 'what is spent is no number');
      left -= units;
      return left >= 0;
    },
  };
}

function call(form: Form, args: readonly Value[]): Result {
  const [first, second, third] = args;
  if (first === undefined) return form.call0(newCaller());
  if (second === undefined) return form.call1(first, newCaller());
  return third === undefined ? form.call2(first, second, newCaller()) : form.call(args, newCaller());
}

/** Gives an item of a list, of which nothing is known. */
function isItem({ params: [first], result }: Overload): boolean {
  return first?.kind === 'list' && first.element.kind === result.kind;
}

function gives(overload: Overload, form: Form, args: readonly Value[]): Result {
  const result = call(form, args);
  const isRight = result instanceof Failure || isItem(overload) || accepts(runtimeShape(overload.result), result);
  assert.ok(isRight, `${overload.id} gives something else than it says`);
  return result;
}

for (const overload of OVERLOADS) {
  test(`${overload.id} gives a value of its type or a failure`, () => {
    const plain = new Form(overload, overload.run);
    const given = (args: readonly Value[]) => {
      const result = gives(overload, plain, args);
      const prepared = overload.prepare?.(args.map((arg, i) => (i === 0 && args.length > 1 ? undefined : arg)));
      if (prepared === undefined) return;
      const other = prepared instanceof Failure ? prepared : gives(overload, new Form(overload, prepared), args);
      assert.deepEqual(other instanceof Failure, result instanceof Failure, 'prepared or not');
      if (!(result instanceof Failure)) assert.deepEqual(other, result);
    };
    fc.assert(fc.property(fc.tuple(...overload.params.map(arbitraryOf)), given), { numRuns: 100 });
  });
}

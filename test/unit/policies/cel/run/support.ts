import assert from 'node:assert/strict';
import { type Bindings, compile, type Expression } from '../../../../../policies/cel/cel.ts';
import { DEFAULT_LIMITS, type Environment, type Limits } from '../../../../../policies/cel/environment.ts';
import { functionTable } from '../../../../../policies/cel/library/functions.ts';
import type { Overload, Run } from '../../../../../policies/cel/library/overload.ts';
import { OPERATORS } from '../../../../../policies/cel/library/standard/operators.ts';
import {
  BOOL,
  DOUBLE,
  DYN,
  INT,
  listOf,
  STRING,
  TIMESTAMP,
  type Type,
} from '../../../../../policies/cel/types/type.ts';
import { OVER_BUDGET } from '../../../../../policies/values/budget.ts';
import { Failure, failure } from '../../../../../policies/values/failure.ts';
import { FullMap, MapValue } from '../../../../../policies/values/map.ts';
import { Timestamp } from '../../../../../policies/values/time.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../../../../policies/values/value.ts';

/** How often the function `counted` has run. */
export const calls = { counted: 0 };

function fn(name: string, params: readonly Type[], result: Type, run: Run, more: Partial<Overload> = {}): Overload {
  return { id: `${name}_${params.length}`, name, isMethod: false, params, result, run, ...more };
}

/** A few forms of each kind; the evaluator must not care which ones there are. */
const OVERLOADS: readonly Overload[] = [
  fn('_+_', [INT, INT], INT, { arity: 2, fn: (a: bigint, b: bigint) => a + b }),
  fn('_+_', [DOUBLE, DOUBLE], DOUBLE, { arity: 2, fn: (a: number, b: number) => a + b }),
  fn('_+_', [STRING, STRING], STRING, {
    arity: 2,
    fn: (a: string, b: string, caller) => (caller.spend((a.length + b.length) >>> 4) ? a + b : OVER_BUDGET),
  }),
  fn('_+_', [listOf(DYN), listOf(DYN)], listOf(DYN), {
    arity: 2,
    fn: (a: readonly Value[], b: readonly Value[]) => [...a, ...b],
  }),
  fn('_/_', [INT, INT], INT, {
    arity: 2,
    fn: (a: bigint, b: bigint) => (b === 0n ? failure('divide by zero') : a / b),
  }),
  fn('size', [STRING], INT, { arity: 1, fn: (a: string) => BigInt(a.length) }),
  fn('size', [listOf(DYN)], INT, { arity: 1, fn: (a: readonly Value[]) => BigInt(a.length) }),
  fn('dyn', [DYN], DYN, { arity: 1, fn: (a: Value) => a }),
  fn('now', [], TIMESTAMP, { arity: 0, fn: (caller) => Timestamp.ofMilliseconds(caller.time) }, { isVolatile: true }),
  fn('net.isUp', [STRING], BOOL, { arity: 1, fn: (a: string) => a === 'up' }),
  fn('between', [INT, INT, INT], BOOL, { arity: 3, fn: (a: bigint, b: bigint, c: bigint) => a <= b && b <= c }),
  fn('join4', [STRING, STRING, STRING, STRING], STRING, { arity: 'any', fn: (parts) => parts.join('') }),
  fn('counted', [INT], INT, {
    arity: 1,
    fn: (a: bigint) => {
      calls.counted += 1;
      return a;
    },
  }),
  fn('broken', [], INT, {
    arity: 0,
    fn: () => {
      throw new TypeError('a mistake');
    },
  }),
  fn(
    'startsWith',
    [STRING, STRING],
    BOOL,
    { arity: 2, fn: (a: string, b: string) => a.startsWith(b) },
    {
      isMethod: true,
    },
  ),
  fn(
    'like',
    [STRING, STRING],
    BOOL,
    { arity: 2, fn: () => failure('not prepared') },
    {
      isMethod: true,
      prepare: ([, pattern]) => {
        if (pattern === undefined) return { arity: 2, fn: () => failure('not prepared') };
        return pattern === '(' ? failure('no pattern') : { arity: 2, fn: (a: string) => a === pattern };
      },
    },
  ),
];

const VARIABLES = ['ctx', 'attrs', 'list', 'map', 'text', 'none', 'unset', 'a.b', 'a.b.c', 'ns.inner.x', 'ns.x'];

const BINDINGS: Readonly<Record<string, Value>> = {
  ctx: FullMap.of([
    [
      'http',
      FullMap.of([
        ['path', '/v1/x'],
        ['size', 7n],
        ['nothing', null],
      ]),
    ],
    ['twice', new Failure('error', 'sent twice', -1, true)],
    ['constructor', 'data'],
  ]),
  attrs: FullMap.of([['n', 1.5]]),
  list: [1n, 2n, 3n],
  map: FullMap.of([
    ['a', 1n],
    ['b', 2n],
  ]),
  text: 'hello',
  none: Optional.NONE,
  'a.b': FullMap.of([
    ['c', 'field'],
    ['d', 'other'],
  ]),
  'a.b.c': 'variable',
  'ns.inner.x': 'inner',
  'ns.x': 'outer',
};

export const bindings: Bindings = { get: (name) => (Object.hasOwn(BINDINGS, name) ? BINDINGS[name] : undefined) };

export function environment(container = '', limits: Partial<Limits> = {}): Environment {
  return {
    container,
    variables: new Map(VARIABLES.map((name) => [name, DYN])),
    functions: functionTable([...OPERATORS, ...OVERLOADS]),
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
}

export function expression(source: string, container = '', limits: Partial<Limits> = {}): Expression {
  const compiled = compile(source, environment(container, limits), { check: false });
  assert.ok(compiled.ok, source);
  return compiled.expression;
}

/** What an expression gives, as text that people can read. */
export function given(source: string, container = ''): string {
  return shown(expression(source, container).run(bindings, 0));
}

export function shown(value: Result): string {
  if (value instanceof Failure) return `${value.kind}: ${value.message}`;
  if (value instanceof MapValue)
    return `{${[...value.keys()].map((key) => `${shown(key)}: ${shownAt(value, key)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) return value.value === undefined ? 'none' : `some(${shown(value.value)})`;
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function shownAt(map: MapValue, key: Value): string {
  const value = map.get(key);
  return value === undefined ? 'nothing' : shown(value);
}

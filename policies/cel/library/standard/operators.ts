import { failure } from '../../../values/failure.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  param,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Overload, Run } from '../overload.ts';

const A = param('A');
const B = param('B');
const LIST = listOf(A);
const MAP = mapOf(A, B);

/** The evaluator does these itself: some see failures, all have to be fast. Here are their types. */
const BUILT_IN: Run = { arity: 'any', fn: () => failure('the operator is not a function') };

function built(id: string, name: string, params: readonly Type[], result: Type): Overload {
  return fn(id, name, params, result, BUILT_IN);
}

const LOGIC: readonly Overload[] = [
  built('logical_and', '_&&_', [BOOL, BOOL], BOOL),
  built('logical_or', '_||_', [BOOL, BOOL], BOOL),
  built('logical_not', '!_', [BOOL], BOOL),
  built('conditional', '_?_:_', [BOOL, A, A], A),
  built('not_strictly_false', '@not_strictly_false', [BOOL], BOOL),
  built('equals', '_==_', [A, A], BOOL),
  built('not_equals', '_!=_', [A, A], BOOL),
  built('in_list', '@in', [A, LIST], BOOL),
  built('in_map', '@in', [A, MAP], BOOL),
];

const INDEXES: readonly Overload[] = [
  built('index_list', '_[_]', [LIST, INT], A),
  built('index_map', '_[_]', [MAP, A], B),
  built('optional_list_index_int', '_[_]', [optionalOf(LIST), INT], optionalOf(A)),
  built('optional_map_index_value', '_[_]', [optionalOf(MAP), A], optionalOf(B)),
  built('list_optindex_optional_int', '_[?_]', [LIST, INT], optionalOf(A)),
  built('optional_list_optindex_optional_int', '_[?_]', [optionalOf(LIST), INT], optionalOf(A)),
  built('map_optindex_optional_value', '_[?_]', [MAP, A], optionalOf(B)),
  built('optional_map_optindex_optional_value', '_[?_]', [optionalOf(MAP), A], optionalOf(B)),
  built('select_optional_field', '_?._', [DYN, STRING], optionalOf(DYN)),
];

/** What has an order with what, by the end of the overload's id. */
const ORDERED: readonly (readonly [string, Type, Type])[] = [
  ['bool', BOOL, BOOL],
  ['int64', INT, INT],
  ['int64_double', INT, DOUBLE],
  ['int64_uint64', INT, UINT],
  ['uint64', UINT, UINT],
  ['uint64_double', UINT, DOUBLE],
  ['uint64_int64', UINT, INT],
  ['double', DOUBLE, DOUBLE],
  ['double_int64', DOUBLE, INT],
  ['double_uint64', DOUBLE, UINT],
  ['string', STRING, STRING],
  ['bytes', BYTES, BYTES],
  ['timestamp', TIMESTAMP, TIMESTAMP],
  ['duration', DURATION, DURATION],
];

function order(name: string, id: string): Overload[] {
  return ORDERED.map(([suffix, left, right]) => built(`${id}_${suffix}`, name, [left, right], BOOL));
}

export const OPERATORS: readonly Overload[] = [
  ...LOGIC,
  ...INDEXES,
  ...order('_<_', 'less'),
  ...order('_<=_', 'less_equals'),
  ...order('_>_', 'greater'),
  ...order('_>=_', 'greater_equals'),
];

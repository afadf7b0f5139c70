import assert from 'node:assert/strict';
import { DEFAULT_LIMITS, type Environment } from '../../../../../policies/cel/environment.ts';
import { fn } from '../../../../../policies/cel/library/declare.ts';
import { FUNCTIONS } from '../../../../../policies/cel/library/functions.ts';
import { parse } from '../../../../../policies/cel/syntax/parser.ts';
import { type Checked, check } from '../../../../../policies/cel/types/check.ts';
import * as T from '../../../../../policies/cel/types/type.ts';

const USER: T.Type = {
  kind: 'object',
  name: 'ctx.user',
  fields: new Map<string, T.Type>([
    ['name', T.STRING],
    ['groups', T.listOf(T.STRING)],
    ['created', T.TIMESTAMP],
    ['attrs', T.mapOf(T.STRING, T.DYN)],
  ]),
};

const CTX: T.Type = {
  kind: 'object',
  name: 'ctx',
  fields: new Map<string, T.Type>([
    ['user', USER],
    ['other', USER],
    ['body', T.DYN],
  ]),
};

const VARIABLES: ReadonlyMap<string, T.Type> = new Map<string, T.Type>([
  ['ctx', CTX],
  ['i', T.INT],
  ['s', T.STRING],
  ['any', T.DYN],
  ['strings', T.listOf(T.STRING)],
  ['scores', T.mapOf(T.STRING, T.INT)],
  ['maybe', T.optionalOf(T.mapOf(T.STRING, T.INT))],
  ['someone', T.optionalOf(USER)],
  ['a.b', T.STRING],
  ['ns.x', T.INT],
  ['x', T.STRING],
]);

const TWICE = fn('twice_int', 'ns.twice', [T.INT], T.INT, { arity: 1, fn: (value: bigint) => 2n * value });

export function checked(source: string, more: Partial<Environment> = {}): Checked {
  const functions = new Map([...FUNCTIONS, [TWICE.name, [TWICE]]]);
  const environment = { container: '', variables: VARIABLES, functions, limits: DEFAULT_LIMITS, ...more };
  const parsed = parse(source, environment.limits);
  assert.ok(parsed.ok, source);
  return check(parsed.syntax, environment);
}

import type { Check } from '../json-schema/validator/run.ts';
import type { SchemaObject } from '../json-schema/validator/site.ts';
import { problemOf } from '../json-schema/validator/validate.ts';
import { mistake, type OpenapiDocument, type Place, pointerOf } from './document.ts';
import { typesOf, type ValueType } from './types.ts';

export type ParameterHome = 'path' | 'query' | 'header' | 'cookie';

export interface Parameter {
  readonly home: ParameterHome;
  /** Lower case for a header. */
  readonly name: string;
  /** What is wrong with its values, without quoting them; `null` when they fit. */
  readonly problem: (values: readonly string[]) => string | null;
}

const HOMES: readonly string[] = ['path', 'query', 'header', 'cookie'] satisfies ParameterHome[];
/** The spelling of each home when nothing is said, which is the only one that is read (OpenAPI 3.1, 4.8.12.2). */
const STYLES: Readonly<Record<ParameterHome, string>> = {
  path: 'simple',
  query: 'form',
  header: 'simple',
  cookie: 'form',
};

/** @throws AppError `invalid` */
export function compileParameter(place: Place, document: OpenapiDocument): Parameter {
  const { value } = place;
  const { name, in: home } = value;
  if (typeof name !== 'string' || name === '') throw mistake(place, 'name', 'is needed');
  if (!isHome(home)) throw mistake(place, 'in', `is one of ${HOMES.join(', ')}`);
  if (value.style !== undefined && value.style !== STYLES[home]) {
    throw mistake(place, 'style', `only "${STYLES[home]}" is supported in a ${home}`);
  }
  if (value.content !== undefined) throw mistake(place, 'content', 'is not supported: write schema');
  if (home === 'path' && value.required !== true) throw mistake(place, 'required', 'is true in a path');
  if (home === 'cookie' && value.explode === false) throw mistake(place, 'explode', 'is not supported in a cookie');
  const reader = compileValues(place, home, document);
  return {
    home,
    name: home === 'header' ? name.toLowerCase() : name,
    problem: (values) => (values.length === 0 ? missing(value) : reader(values)),
  };
}

function isHome(home: unknown): home is ParameterHome {
  return typeof home === 'string' && HOMES.includes(home);
}

function missing({ required }: SchemaObject): string | null {
  return required === true ? 'is missing' : null;
}

type ValueReader = (values: readonly string[]) => string | null;

function compileValues(place: Place, home: ParameterHome, document: OpenapiDocument): ValueReader {
  const schema = document.child(place, 'schema');
  if (schema === null) throw mistake(place, 'schema', 'is needed');
  const check = document.schemas.at(pointerOf(place, 'schema'));
  const types = typesOf(schema);
  if (!types.includes('array')) return (values) => (values.length > 1 ? 'is repeated' : fits(values[0]!, types, check));
  if (types.length > 1) throw mistake(place, 'schema', 'is a list or not');
  const items = document.child(schema, 'items');
  if (items === null) throw mistake(schema, 'items', 'is needed');
  const itemTypes = typesOf(items);
  const isSpread = (home === 'query' || home === 'cookie') && place.value.explode !== false;
  return (values) => listProblem(isSpread ? values : values.flatMap((value) => value.split(',')), itemTypes, check);
}

function fits(text: string, types: readonly ValueType[], check: Check): string | null {
  let problem: string | null = 'type';
  for (const value of readings(text, types)) {
    problem = problemOf(value, check);
    if (problem === null) return null;
  }
  return `does not fit: ${problem}`;
}

/** Lists have one reading for each item: the first that its types allow. */
function listProblem(texts: readonly string[], types: readonly ValueType[], check: Check): string | null {
  const values: unknown[] = [];
  for (const text of texts) {
    const [value] = readings(text.trim(), types);
    if (value === undefined) return 'does not fit: type';
    values.push(value);
  }
  const problem = problemOf(values, check);
  return problem === null ? null : `does not fit: ${problem}`;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** What a text may mean. */
function readings(text: string, types: readonly ValueType[]): unknown[] {
  const isNumber = types.includes('number') && NUMBER.test(text) && text.length <= 100;
  const isBoolean = types.includes('boolean') && (text === 'true' || text === 'false');
  return [
    ...(isNumber ? [Number(text)] : []),
    ...(isBoolean ? [text === 'true'] : []),
    ...(types.includes('string') ? [text] : []),
  ];
}

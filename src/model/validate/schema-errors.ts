import type { TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import type { KeyPath } from '../source.ts';
import { ERROR_PROBLEMS } from './error-messages.ts';
import type { Problem } from './problem.ts';
import type { SchemaError } from './schema-error.ts';
import { asNode, DEFINITIONS, type SchemaNode } from './schema-node.ts';
import { schemasAlong, valueAt } from './walk.ts';

/** The library stops at 8, and we report every mistake at once; more than this nobody reads. */
const MOST_ERRORS = 1000;

/** Where a value does not follow its schema; the same mistake may be found more than once. */
export function schemaProblems(schema: TSchema, value: unknown): Problem[] {
  const root = asNode(schema);
  return rawErrors(schema, value).flatMap((raw) => {
    const error = inWords(readError(raw, root, value), value);
    return ERROR_PROBLEMS[error.keyword]?.(error) ?? [];
  });
}

function rawErrors(schema: TSchema, value: unknown): TLocalizedValidationError[] {
  const before = Settings.Get().maxErrors;
  Settings.Set({ maxErrors: MOST_ERRORS });
  try {
    return Value.Errors(DEFINITIONS, schema, value);
  } finally {
    Settings.Set({ maxErrors: before });
  }
}

function readError(raw: TLocalizedValidationError, root: SchemaNode, value: unknown): SchemaError {
  const path = pointerPath(raw.instancePath, value);
  const schemas = schemasAlong(root, path);
  return {
    keyword: raw.keyword,
    params: raw.params as Readonly<Record<string, unknown>>,
    path,
    value: valueAt(value, path),
    root,
    schemas,
    secret: schemas.some((schema) => schema['x-secret'] === true),
  };
}

/** A place that says in words what it expects gives one problem, whatever went wrong inside it. */
function inWords(error: SchemaError, root: unknown): SchemaError {
  const at = error.schemas.findIndex((schema) => schema['x-expected'] !== undefined);
  if (at < 0) return error;
  const path = error.path.slice(0, at);
  return { ...error, keyword: 'expected', path, value: valueAt(root, path), schemas: error.schemas.slice(0, at + 1) };
}

/** RFC 6901; positions in lists become numbers. */
function pointerPath(pointer: string, root: unknown): KeyPath {
  if (pointer === '') return [];
  const path: (string | number)[] = [];
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(root, path)) ? Number(key) : key);
  }
  return path;
}

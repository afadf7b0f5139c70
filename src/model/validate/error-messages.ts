import { didYouMean } from '../../base/suggest.ts';
import { describe, quote } from './describe.ts';
import { type Problem, problem } from './problem.ts';
import type { SchemaError } from './schema-error.ts';
import type { SchemaNode } from './schema-node.ts';
import { suggestKey } from './suggest-key.ts';
import { suggestValue } from './suggest-value.ts';

type Say = (error: SchemaError) => Problem[];

/** By keyword. What is not here only repeats another error. */
export const ERROR_PROBLEMS: Readonly<Record<string, Say>> = {
  boolean: unknownKey,
  const: (e) => [wrong(e, `expected ${quote(String(e.params.allowedValue))}`)],
  enum: unknownWord,
  expected: (e) => [wrong(e, `expected ${innermost(e)['x-expected']}`)],
  maximum: outOfRange,
  minimum: outOfRange,
  maxItems: (e) => [problem(e.path, `the list can have ${e.params.limit} items`)],
  minItems: (e) => [problem(e.path, `the list needs ${e.params.limit} items`)],
  maxLength: (e) => [problem(e.path, `the text can have ${e.params.limit} characters`)],
  minLength: (e) => [problem(e.path, 'the text is empty')],
  maxProperties: (e) => [problem(e.path, `the mapping can have ${e.params.limit} keys`)],
  pattern: (e) => [wrong(e, 'expected another form of text')],
  required: missingKeys,
  type: (e) => [wrong(e, `expected ${TYPES[String(e.params.type)] ?? e.params.type}`)],
};

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  string: 'text',
};

function unknownKey(error: SchemaError): Problem[] {
  const key = String(error.path[error.path.length - 1]);
  return [problem(error.path, `unknown key ${quote(key)}`, { at: 'key', suggestion: suggestKey(error, key) })];
}

function unknownWord(error: SchemaError): Problem[] {
  const allowed = implementedWords(innermost(error), error.params.allowedValues as readonly string[]);
  const suggestion = typeof error.value === 'string' ? didYouMean(error.value, allowed) : null;
  return [wrong(error, `expected ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}`, suggestion)];
}

function implementedWords(node: SchemaNode, allowed: readonly string[]): readonly string[] {
  const later = node['x-planned-values'] ?? {};
  return allowed.filter((word) => !Object.hasOwn(later, word));
}

function outOfRange(error: SchemaError): Problem[] {
  const { minimum, maximum } = innermost(error);
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return [wrong(error, bounded ? `expected ${minimum} to ${maximum}` : `expected ${minimum} or more`)];
}

function missingKeys(error: SchemaError): Problem[] {
  const keys = error.params.requiredProperties as readonly string[];
  return keys.map((key) => {
    const suggestion = missingHint(error, key);
    return problem(error.path, `${quote(key)} is missing`, { at: 'key', wants: [key], suggestion });
  });
}

function missingHint(error: SchemaError, key: string): string | null {
  const words = innermost(error).properties?.[key]?.enum;
  return words === undefined
    ? null
    : `one of ${implementedWords(innermost(error).properties![key]!, words).join(', ')}`;
}

function wrong(error: SchemaError, expected: string, suggestion: string | null = null): Problem {
  const message = `${expected}, found ${describe(error.value, error.secret)}`;
  return problem(error.path, message, { suggestion: suggestion ?? suggestValue(error) });
}

function innermost(error: SchemaError): SchemaNode {
  return error.schemas[error.schemas.length - 1]!;
}

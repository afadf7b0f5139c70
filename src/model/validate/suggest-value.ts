import { quote } from './describe.ts';
import type { SchemaError } from './schema-error.ts';
import { isMapping, type SchemaNode } from './schema-node.ts';

const BOOLEAN_WORDS = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['y', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['n', false],
]);

type Suggest = (value: unknown, secret: boolean, node: SchemaNode | undefined) => string | null;

/** By the type that was expected: the slip that people make most often. */
const BY_TYPE: Readonly<Record<string, Suggest>> = {
  array: (value, secret) => {
    if (isMapping(value)) return 'begin each item with "- "';
    return typeof value === 'string' && !secret ? `write [${value}]` : null;
  },
  boolean: (value) => {
    const meant = typeof value === 'string' ? BOOLEAN_WORDS.get(value.toLowerCase()) : undefined;
    return meant === undefined ? null : `write ${meant}`;
  },
  integer: (value, secret) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) && !secret ? `write ${value} without quotes` : null,
  object: (value, _secret, node) => {
    if (Array.isArray(value)) return 'write its keys without "- "';
    return typeof value === 'string' ? (node?.['x-for-text'] ?? null) : null;
  },
  string: (value, secret) => {
    if (typeof value !== 'number' && typeof value !== 'boolean') return null;
    return secret ? 'put it in quotes' : `write ${quote(String(value))}`;
  },
};

export function suggestValue(error: SchemaError): string | null {
  if (error.value === null) return 'give it a value, or remove the key';
  const suggest = error.keyword === 'type' ? BY_TYPE[String(error.params.type)] : undefined;
  return suggest?.(error.value, error.secret, error.schemas.at(-1)) ?? null;
}

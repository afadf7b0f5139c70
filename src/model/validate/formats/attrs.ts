import type { KeyPath } from '../../source.ts';
import { quote } from '../describe.ts';
import { isMapping } from '../schema-node.ts';
import type { Finding } from './finding.ts';

const MOST_BYTES = 20_000;
const CAMEL_CASE = /^[a-z][A-Za-z0-9]*$/;

/** Keys are camelCase at every level, so that expressions can read them with dots. */
export function attrsFormat(attrs: Record<string, unknown>): Finding | null {
  if (Buffer.byteLength(JSON.stringify(attrs)) > MOST_BYTES) return { message: `attrs may have ${MOST_BYTES} bytes` };
  const path = firstBadKey(attrs, []);
  if (path === null) return null;
  const key = String(path[path.length - 1]);
  return { path, message: `the key ${quote(key)} is not camelCase`, suggestion: camelCase(key) };
}

function firstBadKey(value: unknown, path: KeyPath): KeyPath | null {
  if (Array.isArray(value)) return firstOf(value.map((item, i) => firstBadKey(item, [...path, i])));
  if (!isMapping(value)) return null;
  return firstOf(
    Object.entries(value).map(([key, inner]) =>
      CAMEL_CASE.test(key) ? firstBadKey(inner, [...path, key]) : [...path, key],
    ),
  );
}

function firstOf(found: readonly (KeyPath | null)[]): KeyPath | null {
  return found.find((path) => path !== null) ?? null;
}

function camelCase(key: string): string | null {
  const [first = '', ...rest] = key.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = first.charAt(0).toLowerCase() + first.slice(1) + rest.map(capitalized).join('');
  return CAMEL_CASE.test(joined) ? `write ${joined}` : null;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

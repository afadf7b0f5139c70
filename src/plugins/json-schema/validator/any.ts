import { canonicalText } from './equal.ts';
import type { Check } from './run.ts';
import { isObject, type Keyword, listAt, type Site } from './site.ts';

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
  // 1e400 is infinite to some and a number to others
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
};

/** Keywords for values of every type (JSON Schema Validation 6.1). */
export const ANY_KEYWORDS = {
  type: (argument, site) => {
    const [first, ...more] = typeof argument === 'string' ? [typeAt(argument, site)] : typesAt(argument, site);
    if (more.length === 0) return (value, run) => first!(value) || run.refused('type');
    return (value, run) => first!(value) || more.some((is) => is(value)) || run.refused('type');
  },
  enum: (argument, site) => oneOfThese(listAt(argument, site), 'enum'),
  const: (argument) => oneOfThese([argument], 'const'),
} as const satisfies Record<string, Keyword>;

function typesAt(argument: unknown, site: Site) {
  return listAt(argument, site).map((name) => typeAt(name, site));
}

function typeAt(name: unknown, site: Site): (value: unknown) => boolean {
  const is = typeof name === 'string' && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (is === undefined) throw site.mistake(`takes ${Object.keys(TYPES).join(', ')}`);
  return is;
}

function oneOfThese(values: readonly unknown[], keyword: string): Check {
  const texts = new Set(values.map((value) => canonicalText(value)));
  return (value, run) => texts.has(canonicalText(value, (steps) => run.spend(steps))) || run.refused(keyword);
}

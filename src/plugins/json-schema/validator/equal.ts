import { isObject } from './site.ts';

/** Characters that take about as long as looking at a value. */
const CHARACTERS_TOGETHER = 16;

/**
 * One text for each JSON value: two values are equal when their texts are (JSON Schema Core 4.2.2). The order of keys
 * does not count, nor how a number is written.
 *
 * @param spend told of what it takes, in values that are looked at
 */
export function canonicalText(value: unknown, spend: (steps: number) => void = () => {}): string {
  spend(typeof value === 'string' ? 1 + value.length / CHARACTERS_TOGETHER : 1);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, spend)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key], spend)}`);
  return `{${members.join()}}`;
}

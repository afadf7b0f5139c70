import assert from 'node:assert/strict';
import { writeValue } from '../../../policies/cel/tool/write-value.ts';
import type { Value } from '../../../policies/values/value.ts';

/** Of one type and value, all the way down; `NaN` is itself, the order of keys does not matter. */
export function sameForm(actual: Value, expected: Value): void {
  assert.deepStrictEqual(sorted(JSON.parse(writeValue(actual))), sorted(JSON.parse(writeValue(expected))));
}

/** Entries of maps in the order of their text. */
function sorted(form: unknown): unknown {
  if (Array.isArray(form)) return form.map(sorted);
  if (typeof form !== 'object' || form === null) return form;
  const entries = Object.entries(form).map(([name, value]) => [name, name === 'map' ? inOrder(value) : sorted(value)]);
  return Object.fromEntries(entries);
}

function inOrder(entries: unknown): unknown[] {
  const texts = (Array.isArray(entries) ? entries : []).map((entry) => JSON.stringify(sorted(entry)));
  return texts.sort();
}

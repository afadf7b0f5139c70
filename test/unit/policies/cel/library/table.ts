import assert from 'node:assert/strict';
import { test } from 'node:test';
import { given } from './value.ts';

/** Each expression gives the value, or the failure in angle brackets, that is written behind it. */
export function table(cases: Readonly<Record<string, string>>): void {
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(given(source), expected));
  }
}

import assert from 'node:assert/strict';
import type { Case } from './data.ts';

const SHOWN = 10;

/** How many tests of a kind there are to pass; it may grow, with the data, and not shrink. */
const TO_PASS = { parser: 2573, 'syntax error': 67, checker: 1541, 'type error': 17, value: 1651, 'two-variable': 32 };

/**
 * Runs `check` for each case; every one of them has to pass. Prints how many did, of how many there are.
 *
 * @param leftOut how many are not run, see left-out.ts
 */
export function report(
  what: keyof typeof TO_PASS,
  cases: readonly Case[],
  check: (one: Case) => void,
  leftOut = 0,
): void {
  const failed = cases.flatMap((one) => failureOf(one, check));
  const also = leftOut === 0 ? '' : `, ${leftOut} left out`;
  console.log(`conformance: ${cases.length - failed.length} of ${cases.length} ${what} tests${also}`);
  assert.ok(failed.length === 0, failed.slice(0, SHOWN).join('\n'));
  assert.ok(cases.length >= TO_PASS[what], 'fewer tests than there were');
}

function failureOf(one: Case, check: (one: Case) => void): string[] {
  try {
    check(one);
    return [];
  } catch (thrown) {
    return [`${one.path}: ${one.original.expr}\n  ${thrown instanceof Error ? thrown.message : String(thrown)}`];
  }
}

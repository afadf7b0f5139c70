import assert from 'node:assert/strict';
import { DEFAULT_LIMITS, type Limits } from '../../../../../policies/cel/environment.ts';
import type { Syntax } from '../../../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../../../policies/cel/syntax/parser.ts';
import type { Problem } from '../../../../../policies/cel/syntax/problem.ts';
import { debugText } from '../../../../support/cel/debug-text.ts';

export function syntaxOf(source: string, limits: Limits = DEFAULT_LIMITS): Syntax {
  const parsed = parse(source, limits);
  assert.ok(parsed.ok, `${source}: ${parsed.ok ? '' : parsed.problems[0]?.message}`);
  return parsed.syntax;
}

/** The tree on one line. */
export function treeOf(source: string): string {
  const text = debugText(syntaxOf(source).expr, () => '');
  return text.replaceAll(/\/\/ \w+\n/g, '').replaceAll(/\s+/g, '');
}

export function problemOf(source: string, limits: Limits = DEFAULT_LIMITS): Problem {
  const parsed = parse(source, limits);
  assert.ok(!parsed.ok, `${source} was read`);
  assert.equal(parsed.problems.length, 1);
  return parsed.problems[0]!;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../../policies/cel/environment.ts';
import type { Entry, Expr } from '../../../policies/cel/syntax/ast.ts';
import { macroTable } from '../../../policies/cel/syntax/macros/macro.ts';
import { STANDARD_MACROS } from '../../../policies/cel/syntax/macros/standard.ts';
import { type Parsed, parse } from '../../../policies/cel/syntax/parser.ts';
import { positionOf } from '../../../policies/cel/syntax/position.ts';
import { Uint } from '../../../policies/values/value.ts';
import { debugText } from '../../support/cel/debug-text.ts';
import { CASES, type Case, errorPlace, isAboutOptions } from './data.ts';
import { report } from './report.ts';

/** The macros that were on when the data was made. */
const MACROS = macroTable(STANDARD_MACROS);
/** As in the tests of cel-go's parser, some of which nest deeper on purpose. */
const DEPTH = 32;
/** Told at the escape; cel-go tells where the string begins. */
const ESCAPES: ReadonlySet<string> = new Set<string>([
  '"\\xFh"',
  '"\\a\\b\\f\\n\\r\\t\\v\\\'\\"\\\\\\? Illegal escape \\>"',
  "'\\udead' == '\\ufffd'",
]);
/** 32 parentheses, which the specification asks for and cel-go refuses. */
const PARENTHESES = 'conformance/parse/nest/parens';

function read({ path, original }: Case): Parsed {
  const depth = path.startsWith('parsing/') ? DEPTH : DEFAULT_LIMITS.depth;
  return parse(original.expr, { ...DEFAULT_LIMITS, depth }, MACROS);
}

const KINDS: Readonly<Record<Exclude<Expr['kind'], 'constant'>, string>> = {
  name: 'Expr_IdentExpr',
  select: 'Expr_SelectExpr',
  call: 'Expr_CallExpr',
  list: 'Expr_ListExpr',
  map: 'Expr_StructExpr',
  message: 'Expr_StructExpr',
  fold: 'Expr_ComprehensionExpr',
};

function kindOf(node: Expr | Entry<unknown>): string {
  if (!('kind' in node)) return '^#*expr.Expr_CreateStruct_Entry#';
  return `^#*expr.${node.kind === 'constant' ? `Constant_${constantKind(node.value)}Value` : KINDS[node.kind]}#`;
}

function constantKind(value: unknown): string {
  if (value === null) return 'Null';
  if (value instanceof Uint) return 'Uint64';
  if (value instanceof Uint8Array) return 'Bytes';
  const names = { bigint: 'Int64', number: 'Double', string: 'String', boolean: 'Bool' } as const;
  return names[typeof value as keyof typeof names];
}

test('the tree of every expression is that of cel-go', () => {
  const cases = CASES.filter(({ ast }) => ast !== undefined);
  report('parser', cases, (one) => {
    const parsed = read(one);
    if (!parsed.ok) assert.fail(parsed.problems[0]!.message);
    assert.equal(debugText(parsed.syntax.expr, kindOf), one.ast);
  });
});

test('what cel-go cannot read is refused, the first problem at the same place', () => {
  const cases = CASES.filter((one) => one.ast === undefined && one.error !== undefined && !isAboutOptions(one));
  report('syntax error', cases, (one) => {
    const parsed = read(one);
    if (parsed.ok) return assert.equal(one.path, PARENTHESES);
    const place = errorPlace(one);
    if (place === null || ESCAPES.has(one.original.expr)) return;
    const { line, column } = positionOf(one.original.expr, parsed.problems[0]!.at);
    assert.equal(`${line}:${column}`, place);
  });
});
